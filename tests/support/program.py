"""Runs the program in a folder of its own, for tests that look at it from outside: what it prints, and how it ends."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BINARY = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ''

DONE, REFUSED, USAGE, MACHINE = 0, 1, 2, 3


class Ran:
    """How one run of the program ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]


class ProgramTest(unittest.TestCase):
    """Each test has a folder, and in it the ledger `ledger`, which nobody has made yet."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = pathlib.Path(self._folder.name)
        self.ledger = self.folder / 'ledger'
        (self.folder / 'tmp').mkdir()

    def serve(self, ledger):
        """Serves a ledger, if there is one, from its folder alone, until the test ends. Only where CHANCERY_SERVED asks for it."""
        if 'CHANCERY_SERVED' not in os.environ or not (ledger / 'db').exists() or (ledger / 'socket').exists():
            return
        server = subprocess.Popen([BINARY, '--ledger', str(ledger), 'serve', '--listen', '', '--access-log', 'no'], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, cwd=self.folder, env=self.environment())
        server.stdout.readline()
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        self.addCleanup(server.stdout.close)

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith('CHANCERY_')}
        return kept | {'TMPDIR': str(self.folder / 'tmp')}

    def run_program(self, *arguments, stdin=b'', env=None, ledger=None):
        self.serve(pathlib.Path(ledger or self.ledger))
        place = [] if '--server' in arguments else ['--ledger', str(ledger or self.ledger)]
        command = [BINARY, *place, *(word if isinstance(word, bytes) else str(word) for word in arguments)]
        given = {'input': stdin} if isinstance(stdin, bytes) else {'stdin': stdin}
        ran = subprocess.run(command, capture_output=True, cwd=self.folder, env=self.environment() | (env or {}), timeout=250, **given)
        return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())

    def done(self, *arguments, **options):
        """Runs what must go well."""
        ran = self.run_program(*arguments, **options)
        self.assertEqual(ran.code, DONE, f'{arguments}: {ran.err}')
        return ran

    def refused(self, *arguments, code=REFUSED, **options):
        """Runs what must not, and gives what it says of that."""
        ran = self.run_program(*arguments, **options)
        self.assertEqual(ran.code, code, f'{arguments}: {ran.err}{ran.out}')
        return ran.err

    def failed_output(self, *arguments):
        """Runs what must go well but for its output, which a full disk takes, and gives the last line of what it says of that."""
        with open('/dev/full', 'wb') as full:
            ran = subprocess.run([BINARY, '--ledger', str(self.ledger), *arguments], stdout=full, stderr=subprocess.PIPE,
                                 env=self.environment(), timeout=60)
        self.assertEqual(ran.returncode, MACHINE, ran.stderr)
        return ran.stderr.decode().splitlines()[-1]

    def file(self, name, *lines, end='\n', begin=''):
        """Writes a file of events (objects, text or bytes) and gives its path."""
        path = self.folder / name
        raw = [line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode() for line in lines]
        path.write_bytes(begin.encode() + b''.join(line + end.encode() for line in raw))
        return path

    def events(self, ledger=None):
        """What the ledger has, oldest first."""
        return self.done('replay', '--format', 'ndjson', ledger=ledger).rows

    def event(self, name):
        return self.done('show', name, '--format', 'json').rows[0]['event']

    def left_in_tmp(self):
        return sorted(path.name for path in (self.folder / 'tmp').iterdir())


def release(id, count=52, **more):
    """A release of prisoners, as small as can be."""
    return {'id': id, 'type': 'prisoners.released', 'occurred': '2025-09-11', 'data': {'holder': 'state:BLR', 'count': count}} | more


def main():
    unittest.main(argv=[sys.argv[0]], verbosity=2)
