#!/usr/bin/env python3
"""Others' programs, of npm: eventsource, ws, cloudevents and standardwebhooks understand what the server says, and so does a validator
of OpenAPI."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from program import main, release
from served import ServedTest
from webhooks_test import Receiver

HERE = pathlib.Path(__file__).resolve().parent / 'node'


def modules():
    """Where the packages are: below the build folder, installed when they are missing. None where that cannot be done."""
    folder = pathlib.Path(os.environ.get('CHANCERY_BUILD', 'build')).resolve() / 'node'
    wanted, installed = (HERE / 'package.json').read_bytes(), folder / 'installed'
    if not installed.exists() or installed.read_bytes() != wanted:
        if not shutil.which('npm'):
            return None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / 'package.json').write_bytes(wanted)
        if subprocess.run(['npm', 'install', '--no-audit', '--no-fund', '--silent'], cwd=folder, timeout=300).returncode != 0:
            return None
        installed.write_bytes(wanted)
    return folder / 'node_modules'


class Node(ServedTest):
    options = ('--webhook-networks', '127.0.0.0/8')

    def run_node(self, script, *arguments, stdin=None):
        ran = subprocess.run(['node', str(HERE / script), *arguments], input=stdin, capture_output=True, text=True, timeout=120,
                             env=os.environ | {'NODE_PATH': str(MODULES)})
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def test_eventsource_and_ws_follow_and_cloudevents_takes_what_they_get(self):
        self.record(release('a'), release('b'))
        self.record(release('end'))
        told = json.loads(self.run_node('follow.js', self.url, self.tokens['recorder']))
        self.assertEqual(told['source'], [['1', 'a'], ['2', 'b'], ['3', 'end']])
        self.assertEqual(told['socket'], [['chancery.prisoners.released', id] for id in ('a', 'b', 'end')])

    def test_the_openapi_document_is_valid_by_the_schema_of_its_version(self):
        document = self.get('/openapi.json').json
        told = json.loads(self.run_node('openapi.js', stdin=json.dumps(document)))
        self.assertEqual(told, {'version': '3.1', 'errors': []})
        del document['info']['title']
        self.assertNotEqual(json.loads(self.run_node('openapi.js', stdin=json.dumps(document)))['errors'], [])

    def test_standardwebhooks_verifies_what_is_sent(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        secret = self.ask('PUT', '/v1/webhooks/w', body={'url': receiver.url}).json['secret']
        self.record(release('a'))
        headers, _, body = receiver.next()
        self.assertEqual(self.run_node('verify.js', secret, stdin=json.dumps({'headers': headers, 'body': body.decode()})).strip(), 'a')


if __name__ == '__main__':
    MODULES = modules()
    if MODULES is None:
        print('skipped: node and npm are needed, and a registry that npm can reach')
        sys.exit(77)
    main()
