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
from webhooks_test import Receiver, secret_of

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

    def test_what_the_server_takes_and_gives_is_as_the_openapi_document_says(self):
        """each operation that speaks JSON has a schema of what it gives, and what it really takes and gives is so"""
        document, seen = self.get('/openapi.json').json, []

        def ask(method, path, body=None, template=None, status=200, accept='application/json'):
            answer = self.ask(method, path, 'admin', body, Accept=accept)
            self.assertEqual(answer.status, status, answer.body)
            operation = document['paths'][template or path.split('?')[0]][method.lower()]
            media = operation['responses'][str(status)]['content']
            seen.append((operation['operationId'], media[answer.headers['Content-Type'].split(';')[0]]['schema']['$ref'].split('/')[-1], answer.json))
            if body is not None:
                seen.append((operation['operationId'], operation['requestBody']['content']['application/json']['schema']['$ref'].split('/')[-1], body))
            return answer.json

        ask('POST', '/v1/events', release('a'), status=201)
        ask('POST', '/v1/events', [release('b', because_of=['a']), release('c', 60, corrects='a')], status=201)
        ask('POST', '/v1/events', release('a', 99), status=409)
        ask('GET', '/v1/events?limit=2')
        ask('GET', '/v1/streams/state:BLR', template='/v1/streams/{stream}')
        ask('GET', '/v1/events/b', template='/v1/events/{id}')
        ask('GET', '/v1/events', accept='application/cloudevents-batch+json')
        ask('GET', '/v1/events/b', template='/v1/events/{id}', accept='application/cloudevents+json')
        ask('GET', '/v1/events/a/trace', template='/v1/events/{id}/trace')
        ask('GET', '/v1/views')
        ask('GET', '/v1/views/prisoners', template='/v1/views/{view}')
        ask('GET', '/v1/views/prisoners?count=true', template='/v1/views/{view}')
        ask('GET', '/v1/views/prisoners/timeline?key=state:BLR', template='/v1/views/{view}/timeline')
        ask('GET', '/v1/views/prisoners/history?key=state:BLR', template='/v1/views/{view}/history')
        ask('GET', '/v1/views/prisoners/diff?at=2000..now&known=pos:1..now', template='/v1/views/{view}/diff')
        for path, template, accept in (('/v1/events', '/v1/events', 'application/x-ndjson'), ('/v1/streams/state:BLR', '/v1/streams/{stream}', 'application/x-ndjson'),
                                       ('/v1/views/prisoners/changes', '/v1/views/{view}/changes', 'application/x-ndjson')):
            operation = document['paths'][template]['get']
            item = operation['responses']['200']['content'][accept]['x-item-schema']['$ref'].split('/')[-1]
            rows = self.get(path, 'admin', Accept=accept).rows
            self.assertGreater(len(rows), 1)
            seen += [(operation['operationId'], item, row) for row in rows]
        for feed, item in (('/v1/feed', 'Event'), ('/v1/views/{view}/feed', 'Change')):
            self.assertEqual(document['paths'][feed]['get']['responses']['200']['content']['text/event-stream']['x-item-schema']['$ref'], '#/components/schemas/' + item)
        self.record({'id': 'd', 'type': 'sanction.imposed', 'occurred': '2025', 'actor': 'state:USA', 'data': {'measure': 'm', 'target': 'org:x', 'restrictions': ['asset-freeze'], 'expires': '2030'}},
                    {'id': 'e', 'type': 'sanction.eased', 'occurred': '2025-02', 'data': {'measure': 'm', 'permits': ['fuel'], 'instrument': 'i', 'until': '2026'}},
                    {'id': 'f', 'type': 'letter.sent', 'occurred': '2025', 'data': {'from': 'state:USA', 'to': 'state:BLR', 'asks': [{'what': 'release', 'about': 'hostages'}]}},
                    {'id': 'g', 'type': 'party.described', 'occurred': '2025', 'data': {'party': 'org:x', 'identifiers': {'imo': '1'}}},
                    {'id': 'h', 'type': 'flight.flown', 'occurred': '2025', 'data': {'from': 'state:BLR', 'to': 'Vilnius', 'passengers': [50, None]}})
        for view in self.get('/v1/views').json:
            for row in self.get(f'/v1/views/{view}').json['rows']:
                seen.append(('GET_v1_views__view_', 'State.' + view, row['state']))
        self.assertGreater(len({schema for _, schema, _ in seen if schema.startswith('State.')}), 5)
        one = '/v1/consumers/{name}'
        ask('PUT', '/v1/consumers/x', {'type': 'prisoners.released', 'party': ['state:BLR'], 'lease_seconds': 60, 'backoff_seconds': []}, one, 201)
        ask('GET', '/v1/consumers/x', template=one)
        ask('GET', '/v1/consumers')
        with self.follow('/v1/consumers/x/alone', 'admin', 'POST') as alone:
            seen.append(('POST_v1_consumers__name__alone', 'Consumer', json.loads(alone.response.readline())))
        first, = ask('POST', '/v1/consumers/x/next', {'limit': 1}, one + '/next')['events']
        ask('POST', '/v1/consumers/x/ack', {'events': [{'position': first['position'], 'lease': first['lease']}]}, one + '/ack')
        for replayed in (True, False):
            again, = ask('POST', '/v1/consumers/x/next', {}, one + '/next')['events']
            ask('POST', '/v1/consumers/x/nack', {'position': again['position'], 'lease': again['lease'], 'reason': 'bad', 'park': True}, one + '/nack')
            ask('GET', '/v1/consumers/x/parked', template=one + '/parked')
            at = f"/v1/consumers/x/parked/{again['position']}"
            if replayed:
                ask('POST', at + '/replay', template=one + '/parked/{position}/replay')
            else:
                ask('DELETE', at, template=one + '/parked/{position}')
        ask('POST', '/v1/consumers/x/ack', {'up_to': 3}, one + '/ack')
        hook = '/v1/webhooks/{name}'
        ask('PUT', '/v1/webhooks/x', {'url': 'https://127.0.0.1:1/', 'tag': ['t']}, hook, 201)
        ask('GET', '/v1/webhooks/x', template=hook)
        ask('GET', '/v1/webhooks')
        ask('GET', '/v1/webhooks/x/parked', template=hook + '/parked')
        self.assertEqual(document['paths'][one + '/alone']['post']['responses']['200']['content']['application/json']['schema']['$ref'], '#/components/schemas/Consumer')
        found = json.loads(self.run_node('bodies.js', stdin=json.dumps({'document': document, 'bodies': [{'schema': schema, 'body': body} for _, schema, body in seen]})))
        for (operation, schema, body), errors in zip(seen, found):
            self.assertIsNone(errors, f'{operation}: {json.dumps(body)} is no {schema}')
        speaks = {operation['operationId'] for path, item in document['paths'].items() for operation in item.values()
                  if any('application/json' in response.get('content', {}) for status, response in operation['responses'].items() if status < '300')}
        # Nothing can be parked by a webhook here without waiting for its tries.
        self.assertEqual(speaks - {operation for operation, _, _ in seen} - {'GET_openapi_json'},
                         {'POST_v1_webhooks__name__parked__position__replay', 'DELETE_v1_webhooks__name__parked__position_'})
        broken = json.loads(self.run_node('bodies.js', stdin=json.dumps({'document': document, 'bodies': [{'schema': 'Consumer', 'body': {'name': 1}}]})))
        self.assertIsNotNone(broken[0])

    def test_standardwebhooks_verifies_what_is_sent_with_a_new_secret_and_with_those_before_it(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        secrets = [self.ask('PUT', '/v1/webhooks/w', body={'url': receiver.url}).json['secret'], secret_of(b'2'), secret_of(b'3', 64)]
        for number, secret in enumerate(secrets):
            if number > 0:
                self.assertEqual(self.ask('PUT', '/v1/webhooks/w', body={'secret': secret}).status, 200)
            self.record(release(f'e{number}'))
            headers, _, body = receiver.next()
            for known in secrets[:number + 1]:
                self.assertEqual(self.run_node('verify.js', known, stdin=json.dumps({'headers': headers, 'body': body.decode()})).strip(), f'e{number}')


if __name__ == '__main__':
    MODULES = modules()
    if MODULES is None:
        print('skipped: node and npm are needed, and a registry that npm can reach')
        sys.exit(77)
    main()
