#!/usr/bin/env python3
"""read_follow_test.py BINARY: what `chancery replay` and `chancery tail` promise."""
import json
import os
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import BINARY, main, release
from small_affair import AFFAIR, AffairTest, event

ALL = [one['id'] for one in AFFAIR]


class ReadingTest(AffairTest):
    def ids(self, *arguments):
        return [row['id'] for row in self.done(*arguments).rows]

    def written(self, name):
        return [json.loads(line)['id'] for line in (self.folder / name).read_text().splitlines()]


class Replay(ReadingTest):
    def test_round_trip(self):
        """a replay is the whole ledger, from which another can be made that replays the same"""
        out = self.done('replay').out
        self.assertEqual([json.loads(line)['id'] for line in out.splitlines()], ALL)
        other = self.folder / 'other'
        self.done('record', '--preserve-recorded-at', self.file('copy.ndjson', *out.splitlines()), ledger=other)
        self.assertEqual(self.done('replay', ledger=other).out, out)

    def test_from(self):
        """a replay begins with the event at a position, of an id, or recorded since a date"""
        self.assertEqual(self.ids('replay', '--from', 'pos:11'), ['more', 'old'])
        self.assertEqual(self.ids('replay', '--from', 'withdrawal'), ['withdrawal', 'more', 'old'])
        self.assertEqual(self.ids('replay', '--from', '2025-09-15T11:00Z'), ['more', 'old'])
        self.assertEqual(self.ids('replay', '--from', 'pos:13'), [])
        self.assertRegex(self.refused('replay', '--from', 'pos:99'), '^--from: found "pos:99"; allowed: pos:1 to pos:13')
        self.assertIn('"nobody"', self.refused('replay', '--from', 'nobody'))

    def test_world_time(self):
        """by occurred a replay goes through world time"""
        self.assertEqual(self.ids('replay', '--by', 'occurred', '--from', '2025-09-13'), ['rumour', 'rumour-of-it'])
        self.assertEqual(self.ids('replay', '--by', 'occurred', '--from', 'rumour'), ['rumour', 'rumour-of-it'])
        self.assertEqual(self.ids('replay', '--by', 'occurred')[:2], ['old', 'letter'])

    def test_visibility(self):
        """a replay leaves out what the reader does not see, and links to it"""
        rows = self.done('replay', '--visibility', 'partner').rows
        self.assertEqual([row['id'] for row in rows], [id for id in ALL if id != 'secret'])
        self.assertEqual([row['because_of'] for row in rows if row['id'] == 'answer'], [['gl11']])

    def test_speed(self):
        """a speed keeps the recorded pace, so many times as fast"""
        begin = time.monotonic()
        self.done('replay', '--speed', 11 * 3600 / 0.5)
        self.assertGreaterEqual(time.monotonic() - begin, 0.5)

    def test_into_command(self):
        """a command gets the lines, may stop reading, and its failure is ours"""
        self.done('replay', '--exec', 'cat > got.ndjson')
        self.assertEqual(self.written('got.ndjson'), ALL)
        self.done('replay', '--exec', 'head -1 > /dev/null')
        self.assertRegex(self.refused('replay', '--exec', 'cat > /dev/null; exit 3'), 'ended with status 3')
        self.assertEqual(self.done('replay', '--exec', 'cat').err, '')
        self.done('replay', '--from', 'pos:13', '--exec', 'cat > nothing')
        self.assertEqual(self.written('nothing'), [])

    def test_into_command_of_a_bad_start(self):
        """a replay that cannot begin starts no command"""
        self.refused('replay', '--from', 'pos:99', '--exec', 'touch started')
        self.assertFalse((self.folder / 'started').exists())

    def test_speed_in_every_format(self):
        """a replay that keeps its pace has the formats of one that does not"""
        for form in ('table', 'json', 'ndjson', 'csv'):
            self.assertEqual(self.done('replay', '--speed', 1e9, '--format', form).out, self.done('replay', '--format', form).out)


class Tail(ReadingTest):
    def more(self, *ids):
        for id in ids:
            self.done('record', self.file(f'{id}.ndjson', release(id)))

    def test_once(self):
        """tail --once tells what came after a position, and ends"""
        self.assertEqual(self.ids('tail', '--once', '--after', 'pos:10'), ['more', 'old'])
        self.assertEqual(self.ids('tail', '--once', '--after', 'pos:0', '--batch', 5), ALL)
        self.assertEqual(self.ids('tail', '--once', '--after', 'pos:12'), [])
        self.assertEqual(self.ids('tail', '--once'), [])
        self.assertIn('pos:0 to pos:12', self.refused('tail', '--once', '--after', 'pos:13'))

    def test_options_mean_what_they_say(self):
        """tail refuses a level, a zone or a view that there is none of, whatever is written in it"""
        for level in ('public&type=letter.sent', 'public HTTP/1.1\r\nX: y'):
            self.assertIn('--visibility: found', self.refused('tail', '--once', '--after', 'pos:0', '--visibility', level))
        self.assertIn('--zone: found "No/No"', self.refused('tail', '--once', '--zone', 'No/No'))
        self.assertIn('"a b/../c"', self.refused('tail', '--once', '--view', 'a b/../c'))

    def test_visibility(self):
        """tail leaves out what the reader does not see, and goes on behind it"""
        self.assertEqual(self.ids('tail', '--once', '--after', 'pos:4', '--visibility', 'public', '--batch', 1), ['gl11'] + ALL[7:])

    def test_consumer(self):
        """a consumer goes on where it was, and a new one begins where it is told, else at the beginning"""
        self.assertEqual(self.ids('tail', '--once', '--consumer', 'a'), ALL)
        self.assertEqual(self.ids('tail', '--once', '--consumer', 'a'), [])
        self.assertEqual(self.ids('tail', '--once', '--consumer', 'b', '--after', 'pos:11'), ['old'])
        self.more('x', 'y')
        self.assertEqual(self.ids('tail', '--once', '--consumer', 'a'), ['x', 'y'])
        self.assertEqual(self.ids('tail', '--once', '--consumer', 'b', '--after', 'pos:0'), ['x', 'y'])
        self.assertIn('--consumer', self.refused('tail', '--once', '--consumer', '../x'))

    def test_a_consumer_follows_one_view_at_one_level(self):
        """a consumer that was told one thing is not told another from its position on, of which what is before would be left out"""
        self.assertEqual([row['key'] for row in self.done('tail', '--once', '--consumer', 'v', '--view', 'licences', '--visibility', 'public').rows], ['usa/belavia#gl11'])
        for other in ((), ('--view', 'licences'), ('--view', 'sanctions', '--visibility', 'public'), ('--visibility', 'public')):
            said = self.refused('tail', '--once', '--consumer', 'v', *other)
            self.assertEqual(said.strip(), '--consumer: found "v", as which changes of licences are told at level public; allowed: the same view and visibility, or a consumer of another name')
        self.assertEqual(self.ids('tail', '--once', '--consumer', 'e'), ALL)
        self.assertIn('"e", as which events are told at level restricted', self.refused('tail', '--once', '--consumer', 'e', '--view', 'licences'))
        self.more('x')
        self.assertEqual(self.ids('tail', '--once', '--consumer', 'e'), ['x'])
        self.done('tail', '--once', '--consumer', 'v', '--view', 'licences', '--visibility', 'public')

    def test_batches(self):
        """a command gets each batch, and its failure keeps the consumer where it was"""
        command = 'cat >> got.ndjson && test $(wc -l < got.ndjson) -le 6'
        self.assertRegex(self.refused('tail', '--once', '--consumer', 'c', '--batch', 3, '--exec', command), 'ended with status 1 on what follows pos:6')
        self.assertEqual(self.written('got.ndjson'), ALL[:9])
        self.done('tail', '--once', '--consumer', 'c', '--exec', 'cat > rest.ndjson')
        self.assertEqual(self.written('rest.ndjson'), ALL[6:])

    def test_changes_of_a_view(self):
        """the changes of a view are its rows as commits opened and closed them"""
        rows = self.done('tail', '--once', '--after', 'pos:0', '--view', 'flights').rows
        self.assertEqual([(row['change'], row['key'], row['known_from'], row['known_to'], row['state']['passengers']['low']) for row in rows],
                         [('opened', 'flight', 3, None, 52), ('closed', 'flight', 3, 4, 52), ('opened', 'flight', 4, None, 51)])
        self.assertEqual([(row['because'], row['cause']) for row in rows], [([3], [3]), ([3], [4]), ([4], [4])])
        one_by_one = self.done('tail', '--once', '--after', 'pos:0', '--view', 'flights', '--batch', 1).rows
        self.assertEqual([(row['change'], row['known_to']) for row in one_by_one], [('opened', None), ('closed', 4), ('opened', None)])
        self.assertEqual([row['change'] for row in self.done('tail', '--once', '--after', 'pos:3', '--view', 'flights').rows], ['closed', 'opened'])
        self.assertEqual(self.done('tail', '--once', '--after', 'pos:4', '--view', 'flights').rows, [])
        self.assertIn('"nothing"', self.refused('tail', '--once', '--view', 'nothing'))

    def test_causes(self):
        """a change names the events of its commit that bear on the key: the correction, the retraction, and no other"""
        def told(*events):
            self.done('record', self.file('more.ndjson', *events))
            rows = self.done('tail', '--once', '--consumer', 'v', '--view', 'flights').rows
            return [(row['change'], row['key'], row['because'], row['cause']) for row in rows]
        self.done('tail', '--once', '--consumer', 'v', '--view', 'flights')
        other = event('other', 'prisoners.released', '2025-09-12', {'holder': 'state:RUS', 'count': 1})
        away = {'id': 'away', 'type': 'record.retracted', 'data': {'reason': 'no'}, 'retracts': 'flight2'}
        back = {'id': 'back', 'type': 'record.retracted', 'data': {'reason': 'yes'}, 'retracts': 'away'}
        self.assertEqual(told(other, away), [('closed', 'flight', [4], [14]), ('opened', 'flight', [3], [14])])
        self.assertEqual(told(back), [('closed', 'flight', [3], [15]), ('opened', 'flight', [4], [15])])

    def test_causes_are_those_of_a_difference(self):
        """at each level the cause of a change is what a difference of what was known before its commit and after it rests on"""
        def release(id, holder, **more):
            return event(id, 'prisoners.released', '2025-09-12', {'holder': holder, 'count': 1}) | more
        commits = [[release(f'm{i}', ('state:BLR', 'state:RUS')[i % 2], visibility=('public', 'partner', 'restricted')[i % 3]) for i in range(9)],
                   [release('m0b', 'state:RUS', corrects='m0', visibility='restricted'), release('m0c', 'state:IRN', corrects='m0b'), release('x', 'state:BLR')],
                   [{'id': 'w1', 'type': 'record.retracted', 'data': {'reason': 'no'}, 'retracts': 'm3'}, release('m1b', 'state:IRN', corrects='m1'),
                    {'id': 'w2', 'type': 'record.retracted', 'data': {'reason': 'no'}, 'retracts': 'm6', 'visibility': 'restricted'}],
                   [{'id': 'w3', 'type': 'record.retracted', 'data': {'reason': 'yes'}, 'retracts': 'w1'}, {'id': 'w4', 'type': 'record.retracted', 'data': {'reason': 'no'}, 'retracts': 'm1b'}]]
        for commit in commits:
            self.done('record', self.file('more.ndjson', *commit))
        compared = 0
        for level in ('public', 'partner', 'restricted'):
            rows = self.done('tail', '--once', '--after', 'pos:0', '--view', 'prisoners', '--visibility', level).rows
            ends = sorted({row['known_from'] for row in rows} | {row['known_to'] for row in rows if row['known_to']})
            for row in rows:
                end = row['known_from'] if row['change'] == 'opened' else row['known_to']
                before = max([0] + [one for one in ends if one < end])
                diff = json.loads(self.done('diff', 'prisoners', '--format', 'json', '--at', '2030', '--known', f'pos:{before}..pos:{end}', '--visibility', level).out)
                because = [one['because'] for one in diff['knowledge'] if one['key'] == row['key']]
                if because:
                    self.assertEqual(row['cause'], because[0], (level, row))
                    compared += 1
        self.assertGreater(compared, 20)

    def test_changes_seen_by_a_level(self):
        """a level is told the changes of its own rows"""
        every = self.done('tail', '--once', '--after', 'pos:0', '--view', 'licences').rows
        public = self.done('tail', '--once', '--after', 'pos:0', '--view', 'licences', '--visibility', 'public').rows
        self.assertEqual([row['key'] for row in every], ['usa/belavia#gl11', 'usa/belavia#secret'])
        self.assertEqual([row['key'] for row in public], ['usa/belavia#gl11'])

    def test_following(self):
        """while tail follows, others record, and it tells what they recorded"""
        command = [BINARY, '--ledger', str(self.ledger), 'tail', '--after', 'pos:11', '--every', '0.05']
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment()) as tail:
            try:
                self.assertEqual(json.loads(tail.stdout.readline())['id'], 'old')
                for id in ('x', 'y'):
                    self.done('--wait', 30, 'record', self.file(f'{id}.ndjson', release(id)))
                    self.assertEqual(json.loads(tail.stdout.readline())['id'], id)
            finally:
                tail.kill()

    def test_others_read_meanwhile(self):
        """while others read, so that a consumer's position cannot be noted, tail tells on, and nothing twice"""
        if 'CHANCERY_SERVED' in os.environ:
            self.skipTest('a server keeps the position')
        # The command takes the lock as a reader would, once, and leaves it with a process that keeps it until the end.
        command = (f"cat; [ -e held ] || {{ touch held; exec 9<'{self.ledger}/lock'; flock -s 9; "
                   "(until [ -e release ]; do sleep 0.02; done) >/dev/null & }")
        tail = [BINARY, '--ledger', str(self.ledger), 'tail', '--consumer', 'd', '--batch', '1', '--every', '0.01', '--exec', command]
        with subprocess.Popen(tail, stdout=subprocess.PIPE, cwd=self.folder, env=self.environment()) as tail:
            try:
                told = [json.loads(tail.stdout.readline())['id'] for _ in ALL]
                (self.folder / 'release').touch()
                self.done('--wait', 30, 'record', self.file('x.ndjson', release('x')))
                told.append(json.loads(tail.stdout.readline())['id'])
            finally:
                (self.folder / 'release').touch()
                tail.kill()
                # What it had begun holds its output, and ends before the folder is taken away.
                tail.stdout.read()
        self.assertEqual(told, ALL + ['x'])

    def test_one_process_a_consumer(self):
        """two processes cannot follow as the same consumer"""
        command = [BINARY, '--ledger', str(self.ledger), 'tail', '--consumer', 'a', '--every', '0.05']
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=self.environment()) as tail:
            try:
                tail.stdout.readline()
                self.assertIn('another process', self.refused('--wait', 30, 'tail', '--once', '--consumer', 'a'))
            finally:
                tail.kill()


if __name__ == '__main__':
    main()
