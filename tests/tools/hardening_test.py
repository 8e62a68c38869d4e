#!/usr/bin/env python3
"""hardening_test.py BINARY: what must not happen whatever the program is given: a secret told, a file of the ledger spoilt, a word swallowed."""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import BINARY, MACHINE, USAGE, ProgramTest, main, release
from small_affair import AffairTest, event


class Secrets(AffairTest):
    @unittest.skipIf('CHANCERY_SERVED' in os.environ, 'the lock is the server'"'"'s')
    def test_lock(self):
        """the lock names the command that has the ledger, and not its arguments, which may be secret"""
        self.done('add', 'statement.made', 'speaker=person:e', 'stance=praises', 'occurred=2025-09-14', 'summary=TOPSECRET',
                  '--visibility', 'restricted')
        lock = (self.ledger / 'lock').read_text()
        self.assertRegex(lock, r'^\d+ chancery add\n$')

    def test_revisions(self):
        """below restricted no event has a revision, which would tell how many hidden events its stream has"""
        for command in (['replay'], ['log'], ['log', '--by', 'occurred']):
            for row in self.done(*command, '--visibility', 'partner').rows:
                self.assertNotIn('revision', row)
        shown = self.done('show', 'release', '--visibility', 'public', '--format', 'json').rows[0]
        self.assertNotIn('revision', shown['event'])
        self.assertNotIn('revision', self.done('show', 'release', '--visibility', 'public', '--format', 'table').out)
        self.assertEqual(self.event('release')['revision'], 0)

    def record_all(self, *events):
        self.done('record', self.file('more.ndjson', *events))

    def test_stream_of_a_correction(self):
        """a correction that more may see does not bring them the name of a stream that they were not told"""
        letter = {'from': 'state:USA', 'to': 'state:BLR'}
        self.record_all({'id': 'hush/letter', 'type': 'letter.sent', 'occurred': '2025-05-01', 'data': letter, 'visibility': 'restricted'},
                    {'id': 'open/letter', 'type': 'letter.sent', 'occurred': '2025-05-01', 'data': letter},
                    {'id': 'd', 'type': 'letter.delivered', 'occurred': '2025-05-03', 'data': {'letter': 'hush/letter'}},
                    {'id': 'plan', 'type': 'sanction.imposed', 'occurred': '2025-05-04', 'visibility': 'restricted',
                     'data': {'measure': 'gbr/hush', 'target': 'state:BLR', 'restrictions': ['x']}})
        self.done('correct', 'd', 'letter=open/letter', 'id=d2')
        self.done('correct', 'plan', 'measure=usa/a', '--visibility', 'public', 'id=plan2')
        self.done('correct', 'hush/letter', 'medium=note', '--visibility', 'public', 'id=letter2')
        self.assertEqual([self.event(id)['stream'] for id in ('d2', 'plan2', 'letter2')], ['open/letter', 'usa/a', 'letter2'])
        self.assertNotIn('hush', self.done('replay', '--visibility', 'public').out)

    def test_order_of_chains(self):
        """the order of answers and the shape of a trace do not tell that an event stands for a hidden one"""
        def told(name, **more):
            said = lambda id, **fields: {'id': id, 'type': 'statement.made', 'occurred': '2025-05-01', 'data': {'speaker': 'state:USA'}} | fields
            events = [said('h', visibility='restricted'), said('o'), said('a', because_of=['o']), said('v', because_of=['o'], **more),
                      said('z', because_of=['a', 'v'])]
            self.done('record', self.file(name + '.ndjson', *events), ledger=self.folder / name)
            outs = [self.done(*command, '--visibility', 'public', ledger=self.folder / name).out
                    for command in (['show', 'o', '--format', 'json'], ['show', 'z', '--format', 'json'], ['trace', 'o', '--format', 'json'])]
            return [re.sub(r'"recorded_at":"[^"]*"', '', out) for out in outs]
        self.assertEqual(told('one', corrects='h'), told('other'))

    def test_what_is_said_about_a_hidden_event(self):
        """what retracts or sources an event is as hidden as the event, unless another level is asked for"""
        self.done('source', 'secret', '--quote', 'a secret quote', 'id=evidence')
        self.done('retract', 'secret', '--reason', 'a secret reason', 'id=gone')
        self.assertEqual([self.event(id)['visibility'] for id in ('evidence', 'gone')], ['restricted', 'restricted'])
        self.assertNotIn('a secret', self.done('replay', '--visibility', 'partner').out)
        self.done('source', 'answer', '--quote', 'as asked', '--visibility', 'public', 'id=open')
        self.assertEqual(self.event('open')['visibility'], 'public')
        self.done('retract', 'rumour-of-it', '--reason', 'idle', 'id=known')
        self.assertNotIn('visibility', self.event('known'))

    def test_column_names(self):
        """a name that an event brings along cannot steer the terminal"""
        self.done('record', self.file('escape.ndjson', event('e', 'party.described', '2025', {
            'party': 'person:e', 'identifiers': {'a\x1b[31m\nb': '1'}})))
        self.assertNotIn('\x1b', self.done('view', 'parties', '--format', 'table').out)


class Descriptors(ProgramTest):
    def closed(self, redirections, *arguments):
        command = [BINARY, '--ledger', str(self.ledger), *arguments]
        return subprocess.run(['bash', '-c', f'"$0" "$@" {redirections}', *command], capture_output=True, env=self.environment(),
                              stdin=subprocess.DEVNULL, timeout=60)

    def test_closed(self):
        """with a closed stdout a command fails, and none of the ledger's files takes what was meant for it"""
        self.done('record', self.file('one.ndjson', release('a', summary='SEEN')))
        for command in ('log', 'replay', 'stats'):
            ran = self.closed('>&-', command)
            self.assertEqual(ran.returncode, MACHINE, ran.stderr)
            self.assertRegex(ran.stderr.decode().splitlines()[-1], '^stdout: ')
        self.assertEqual(self.closed('<&- >&- 2>&-', 'log').returncode, MACHINE)
        self.assertEqual(self.closed('2>&-', 'record', str(self.file('bad.ndjson', 'nothing good'))).returncode, 1)
        for path in self.ledger.rglob('*'):
            if path.is_file() and path.suffix != '.sst' and not path.suffix == '.log':
                self.assertNotIn(b'nothing good', path.read_bytes(), path)
        self.assertNotIn('SEEN', (self.ledger / 'lock').read_text())
        self.assertEqual([row['id'] for row in self.events()], ['a'])

    def test_file_size_limit(self):
        """a limit on the size of files is a failure of the machine, with a message, and loses nothing"""
        self.done('record', self.file('one.ndjson', release('a')))
        big = self.file('big.ndjson', *(release(f'e{i}', summary='x' * 500) for i in range(2000)))
        command = f'ulimit -f 40; exec "$0" --ledger "$1" record "$2"'
        ran = subprocess.run(['bash', '-c', command, BINARY, str(self.ledger), str(big)], capture_output=True,
                             env=self.environment(), timeout=60)
        self.assertEqual(ran.returncode, MACHINE, ran.stderr)
        self.assertEqual(self.events()[0]['id'], 'a')
        self.done('record', big)
        self.assertEqual(len(self.events()), 2001)


    def test_reader_gone(self):
        """a reader of record's output that goes away leaves nothing of the file unrecorded"""
        big = self.file('big.ndjson', *(release(f'e{i}') for i in range(30000)))
        command = 'set -o pipefail; "$0" --ledger "$1" --format ndjson record "$2" | head -n 1'
        ran = subprocess.run(['bash', '-c', command, BINARY, str(self.ledger), str(big)], capture_output=True,
                             env=self.environment(), timeout=120)
        self.assertEqual(ran.returncode, MACHINE, ran.stderr)
        self.assertEqual(self.done('log', '--count').rows[0]['count'], 30000)


class Words(ProgramTest):
    def test_unknown_command(self):
        """a word that is no command is named, with those there are"""
        self.assertRegex(self.refused('frobnicate', code=USAGE), '^COMMAND: found "frobnicate"; allowed: init, record, add')

    def test_lists(self):
        """an option that may be repeated takes one value each time, and leaves the next word alone"""
        one, two = self.file('one.ndjson', release('a')), self.file('two.ndjson', release('b', count=51))
        self.done('record', '--expect', 'state:BLR=none', one)
        self.done('record', '--expect', 'state:BLR=0', one, two)
        self.assertEqual(self.done('view', '--where', 'holder=state:BLR', 'prisoners', '--count').rows[0]['count'], 1)

    def test_numbers(self):
        """a number out of range is refused with what is allowed"""
        self.done('record', self.file('one.ndjson', release('a')))
        self.assertIn('--limit: found "0"; allowed: a whole number from 1', self.refused('log', '--limit', '0', code=USAGE))
        self.assertIn('--limit: found "1.5"; allowed: a whole number from 1', self.refused('log', '--limit', '1.5', code=USAGE))
        self.assertIn('--speed: found "0"; allowed: a number above 0', self.refused('replay', '--speed', '0', code=USAGE))
        self.assertIn('--batch: found "0"; allowed: 1 to 100000', self.refused('record', '--batch', '0', '-', code=USAGE))
        self.assertIn('--format: found "xml"; allowed: table, json', self.refused('log', '--format', 'xml', code=USAGE))
        self.assertRegex(self.refused('replay', '--from', 'pos:3'), '^--from: found "pos:3"; allowed: pos:1 to pos:2')
        self.assertEqual(self.done('replay', '--from', 'pos:2').rows, [])


if __name__ == '__main__':
    main()
