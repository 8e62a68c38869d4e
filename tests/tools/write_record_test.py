#!/usr/bin/env python3
"""write_record_test.py BINARY: what `chancery record` promises."""
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import BINARY, MACHINE, USAGE, ProgramTest, main, release


class CheckedWhole(ProgramTest):
    def test_bad_file(self):
        """a file with bad lines is refused whole, and every bad line is listed by file, line, field, what was found and what is allowed"""
        file = self.file('bad.ndjson', release('a'), release('b', -1), release('c', hollder=1), 'not json', release('d'))
        err = self.refused('record', file)
        lines = err.splitlines()
        self.assertRegex(lines[0], r'bad\.ndjson:2: data\.count: found the number -1; allowed: ')
        self.assertRegex(lines[1], r'bad\.ndjson:3: hollder: found an unknown field; allowed: ')
        self.assertRegex(lines[2], r'bad\.ndjson:4: .*: found .*; allowed: ')
        self.assertIn('5 lines: 3 refused; nothing of it was recorded', lines[3])
        self.assertFalse(self.ledger.exists(), 'a ledger was made for nothing')

    def test_links_within_a_file(self):
        """a line may link to an earlier good line of its file, and not to a later or to a bad one"""
        good = self.file('good.ndjson', release('a'), release('b', because_of='a'), release('c', corrects='b'))
        self.done('record', good)
        later = self.file('later.ndjson', release('d', because_of='e'), release('e'))
        self.assertRegex(self.refused('record', later), r'later\.ndjson:1: because_of\[0\]: found "e"')
        bad = self.file('bad.ndjson', release('f', -1), release('g', because_of='f'))
        self.assertRegex(self.refused('record', bad), r'bad\.ndjson:2: because_of\[0\]: found "f"')
        dead = self.file('dead.ndjson', release('h', corrects='b'))
        self.assertRegex(self.refused('record', dead), r'dead\.ndjson:1: corrects: found "b", which is not live; allowed: "c"')
        self.assertEqual([event['id'] for event in self.events()], ['a', 'b', 'c'])

    def test_line_forms(self):
        """a byte order mark, CRLF, blank lines and a last line without an end are fine, and blank lines are counted"""
        text = '\ufeff' + json.dumps(release('a')) + '\r\n\r\n   \n\n' + json.dumps(release('b')) + '\n' + json.dumps(release('c'))
        (self.folder / 'forms.ndjson').write_bytes(text.encode())
        self.assertIn('3 lines: 3 new', self.done('record', 'forms.ndjson').err)
        self.assertRegex(self.refused('record', self.file('bad.ndjson', '', '\r', release('d', -1))), r'bad\.ndjson:3: ')

    def test_broken_text(self):
        """broken UTF-8, U+0000, a key twice and deep nesting are refused by line and field"""
        deep = '{"id":"x","type":"call.held","ext":' + '{"a":' * 3000 + '1' + '}' * 3001
        file = self.file('broken.ndjson', b'{"id":"\xff"}', json.dumps(release('a', summary='\0')), '{"id":"a","id":"b"}', deep, b'\0')
        err = self.refused('record', file).splitlines()
        self.assertRegex(err[0], r':1: line: found a byte that is not UTF-8, at byte 8')
        self.assertRegex(err[1], r':2: summary: found the character U\+0000')
        self.assertRegex(err[2], r':3: id: found the key twice')
        self.assertRegex(err[3], r':4: .*: found deeper nesting')
        self.assertRegex(err[4], r':5: ')

    def test_long_lines(self):
        """a line of ten megabytes is refused by its length, and does not stay in memory"""
        with open(self.folder / 'long.ndjson', 'wb') as out:
            out.write(b'{"id":"a","summary":"')
            for _ in range(100):
                out.write(b'x' * 1_000_000)
            out.write(b'"}\n' + json.dumps(release('b')).encode() + b'\n' + b'y' * 70_000)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        err = self.refused('record', 'long.ndjson').splitlines()
        self.assertRegex(err[0], r'long\.ndjson:1: line: found 100000023 bytes; allowed: at most 64000')
        self.assertRegex(err[1], r'long\.ndjson:3: line: found ')
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, before + 90_000)

    def test_line_limit_is_of_the_event(self):
        """a line of 64,000 bytes is taken, one of 64,001 is not, and output fields do not count"""
        def line(length, **more):
            def compact(event):
                return json.dumps(event, separators=(',', ':'))
            def padded(pad):
                return release('a', stream='state:BLR', ext={'pad': pad})
            return compact(padded('x' * (length - len(compact(padded(''))))) | more)
        self.assertRegex(self.refused('record', self.file('b.ndjson', line(64_001))), 'found 64001 bytes')
        self.done('record', '--preserve-recorded-at', self.file('a.ndjson', line(64_000, recorded_at='2025-09-11T10:00:00Z', position=17)))

    def test_no_good_file(self):
        """a missing file, a folder and an unreadable file are refused in words, and no ledger is made"""
        self.assertIn('nowhere.ndjson: found no such file', self.refused('record', 'nowhere.ndjson'))
        self.assertIn('tmp: found a folder', self.refused('record', 'tmp'))
        if os.geteuid() != 0:
            self.file('secret.ndjson').chmod(0)
            self.assertIn('secret.ndjson: found a file that cannot be read', self.refused('record', 'secret.ndjson'))
        self.assertFalse(self.ledger.exists())

    def test_read_error(self):
        """a file that cannot be read on is a failure of the machine"""
        self.assertIn('cannot be read on', self.refused('record', '/proc/self/mem', code=MACHINE))

    def test_empty_file(self):
        """an empty file is no error, and is told"""
        for name, content in (('empty', ''), ('blank', '\n \n'), ('mark', '\ufeff')):
            (self.folder / name).write_text(content)
            self.assertIn(f'{name}: no events', self.done('record', name).err)

    def test_usage(self):
        """no file, or an option that does not exist, is wrong usage"""
        self.refused('record', code=USAGE)
        self.refused('record', '--batch', '0', 'a', code=USAGE)
        self.refused('record', '--fast', 'a', code=USAGE)


class Commits(ProgramTest):
    def commits(self):
        """How many events each commit has."""
        sizes = {}
        for event in self.events():
            sizes[event['recorded_at']] = sizes.get(event['recorded_at'], 0) + 1
        return [sizes[at] for at in sorted(sizes)]

    def test_batches(self):
        """a file of up to 1,000 events is one commit, a longer one a commit for each 1,000"""
        self.done('record', self.file('a', *(release(f'a{n}') for n in range(1000))))
        self.assertEqual(self.commits(), [1000])
        self.done('record', self.file('b', *(release(f'b{n}') for n in range(2001))))
        self.assertEqual(self.commits(), [1000, 1000, 1000, 1])

    def test_batch_option(self):
        """--batch says how many events are a commit"""
        self.done('record', '--batch', '3', self.file('a', *(release(f'a{n}') for n in range(7))))
        self.assertEqual(self.commits(), [3, 3, 1])

    def test_twice(self):
        """the same file twice adds nothing and says so, also with what follows the first part of it"""
        file = self.file('a', *(release(f'a{n}') for n in range(5)))
        self.done('record', file)
        again = self.done('record', file, '--format', 'ndjson')
        self.assertIn('5 lines: 0 new, 5 known already, 0 refused; nothing new to record', again.err)
        self.assertEqual([(row['position'], row['new']) for row in again.rows], [(n, False) for n in range(1, 6)])
        longer = self.file('b', *(release(f'a{n}') for n in range(7)))
        self.assertIn('7 lines: 2 new, 5 known already, 0 refused; positions 6 to 7', self.done('record', longer).err)

    def test_same_line_twice(self):
        """a line without an id that comes twice is one event"""
        line = {name: value for name, value in release('a').items() if name != 'id'}
        self.assertIn('2 lines: 1 new, 1 known already', self.done('record', self.file('a', line, line)).err)

    def test_results(self):
        """with a format each event is told as position, id, stream, revision and new; without one nothing is on stdout"""
        file = self.file('a', release('a'), release('b', stream='other'), release('c'))
        ran = self.done('record', file, '--format', 'ndjson')
        self.assertEqual([list(row.values()) for row in ran.rows],
                         [[1, 'a', 'state:BLR', 0, True], [2, 'b', 'other', 0, True], [3, 'c', 'state:BLR', 1, True]])
        self.assertEqual(list(ran.rows[0]), ['position', 'id', 'stream', 'revision', 'new'])
        self.assertEqual(self.done('record', file).out, '')
        self.assertEqual(len(json.loads(self.done('record', file, '--format', 'json').out)['rows']), 3)
        self.assertEqual(self.done('record', file, '--format', 'csv').out.splitlines()[:2],
                         ['position,id,stream,revision,new', '1,a,state:BLR,0,false'])

    def test_summary(self):
        """the summary tells lines, new, known, refused, positions and the rate"""
        err = self.done('record', self.file('a', release('a'), release('b'))).err
        self.assertRegex(err, r'a: 2 lines: 2 new, 0 known already, 0 refused; positions 1 to 2; \d+ events/s\n')

    def test_conflict(self):
        """an id that has other content already is refused, also inside one file"""
        self.done('record', self.file('a', release('a')))
        self.assertRegex(self.refused('record', self.file('b', release('a', 53))), r'b:1: id: found "a", which position 1 has with other content')
        self.assertRegex(self.refused('record', self.file('c', release('c'), release('c', 7))), r'c:2: id: ')

    def test_machine_fails(self):
        """where the machine fails in the middle what is committed stands, the summary says how far it came, and the same command goes on"""
        count = 40_000
        file = self.file('long', *(release(f'm{n}', summary='x' * 200) for n in range(count)))

        def no_large_files():
            # The log's file ends at seven megabytes, as on a full disk: after the first group of commits, before the last.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (7_000_000, 7_000_000))
        command = [BINARY, '--ledger', self.ledger, 'record', file, '--format', 'ndjson']
        ran = subprocess.run(command, capture_output=True, text=True, env=self.environment(), timeout=250, preexec_fn=no_large_files,
                             restore_signals=False)
        self.assertEqual(ran.returncode, MACHINE, ran.stderr)
        told = re.search(r'positions 1 to (\d+);.*it stopped after line (\d+): what is committed stands', ran.stderr)
        self.assertTrue(told, ran.stderr)
        self.assertEqual(told[1], told[2])
        self.assertEqual([json.loads(line)['position'] for line in ran.stdout.splitlines()], list(range(1, int(told[1]) + 1)))
        again = self.done('record', file).err
        known = int(re.search(r'(\d+) known already', again)[1])
        self.assertGreaterEqual(known, int(told[1]))
        self.assertIn(f'{count} lines: {count - known} new', again)

    def test_many_events(self):
        """memory does not grow with the file"""
        def peak(count):
            file = self.file('many', *(release(f'm{n}', summary='x' * 200) for n in range(count)))
            script = 'import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True, stderr=2); ' \
                     'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)'
            command = [sys.executable, '-c', script, BINARY, '--ledger', self.folder / f'l{count}', 'record', '--dry-run', file]
            return int(subprocess.run(command, capture_output=True, check=True, env=self.environment(), timeout=250).stdout)
        self.assertLess(peak(100_000), peak(10_000) + 150_000)


class Preserving(ProgramTest):
    T = ['2025-09-11T10:00:00Z', '2025-09-11T10:00:00.000001Z', '2025-09-12T00:00:00Z']

    def test_equal_neighbours(self):
        """equal neighbours of recorded_at are one commit, whatever the batch, also where the offset is written otherwise"""
        file = self.file('a', release('a', recorded_at=self.T[0]), release('b', recorded_at='2025-09-11T12:00:00+02:00'),
                         release('c', recorded_at=self.T[0]), release('d', recorded_at=self.T[1]))
        self.done('record', '--preserve-recorded-at', '--batch', '2', file)
        self.assertEqual([event['recorded_at'] for event in self.events()], [self.T[0]] * 3 + [self.T[1]])
        self.assertEqual(self.done('view', 'prisoners', '--known', 'pos:2', '--format', 'json').rows[0]['rows'], [])

    def test_moving_a_ledger(self):
        """a ledger that is moved is the same ledger, with who recorded it, and moving it again adds nothing"""
        self.done('record', '--as', 'desk-2', self.file('a', release('a'), release('b', because_of='a')))
        self.done('add', 'record.retracted', 'retracts=b', 'reason=wrong')
        moved = self.folder / 'moved'
        shown = self.done('replay', '--format', 'ndjson').out
        (self.folder / 'shown').write_text(shown)
        self.done('record', '--preserve-recorded-at', 'shown', ledger=moved, env={'CHANCERY_AS': 'somebody-else'})
        self.assertEqual(self.done('replay', '--format', 'ndjson', ledger=moved).out, shown)
        self.assertIn('0 new, 3 known already', self.done('record', '--preserve-recorded-at', 'shown', ledger=moved).err)
        self.assertEqual([event.get('recorded_by') for event in self.events(moved)], ['desk-2', 'desk-2', None])

    def test_order(self):
        """a recorded_at that does not come after the last commit's is refused, of the file and of the ledger"""
        back = self.file('back', release('a', recorded_at=self.T[1]), release('b', recorded_at=self.T[0]))
        self.assertRegex(self.refused('record', '--preserve-recorded-at', back), r'back:2: recorded_at: found ' + self.T[0])
        self.done('record', '--preserve-recorded-at', self.file('a', release('a', recorded_at=self.T[1])))
        same = self.file('same', release('b', recorded_at=self.T[1]))
        self.assertRegex(self.refused('record', '--preserve-recorded-at', same), r'same:1: recorded_at: found ' + self.T[1])

    def test_known_before_order(self):
        """what is known already is found before the order is looked at"""
        lines = [release('a', recorded_at=self.T[0]), release('b', recorded_at=self.T[2])]
        self.done('record', '--preserve-recorded-at', self.file('a', *lines))
        more = self.file('more', *lines, release('c', recorded_at='2025-09-13T00:00:00Z'))
        self.assertIn('1 new, 2 known already', self.done('record', '--preserve-recorded-at', more).err)

    def test_without(self):
        """a line without recorded_at is refused by that field, and output fields are refused without the option"""
        self.assertRegex(self.refused('record', '--preserve-recorded-at', self.file('a', release('a'))), r'a:1: recorded_at: found nothing')
        self.assertRegex(self.refused('record', self.file('b', release('a', recorded_at=self.T[0]))), r'b:1: recorded_at: .*--preserve-recorded-at')


class Expecting(ProgramTest):
    def test_expect(self):
        """--expect is for the stream as it stands before the file: a revision, none, exists or any"""
        file = self.file('a', release('a'), release('b'))
        self.assertIn('found no events; allowed: revision 0', self.refused('record', '--expect', 'state:BLR=0', file))
        self.assertIn('found no events; allowed: at least one', self.refused('record', '--expect', 'state:BLR=exists', file))
        self.done('record', '--expect', 'state:BLR=none', '--expect', 'other=any', file)
        more = self.file('b', release('c'))
        self.assertIn('found revision 1; allowed: no events', self.refused('record', '--expect', 'state:BLR=none', more))
        self.assertIn('found revision 1; allowed: revision 0', self.refused('record', '--expect', 'state:BLR=0', more))
        self.done('record', '--expect', 'state:BLR=1', more)

    def test_expect_and_known(self):
        """what is known already is found before --expect, and the same command goes on after it was cut short"""
        lines = [release(f'a{n}') for n in range(6)]
        self.done('record', '--batch', '2', self.file('first', *lines[:4]))
        file = self.file('all', *lines)
        self.assertIn('2 new, 4 known already', self.done('record', '--batch', '2', '--expect', 'state:BLR=none', file).err)
        self.assertIn('0 new', self.done('record', '--expect', 'state:BLR=none', file).err)

    def test_expect_form(self):
        """an --expect of another form is refused"""
        for text in ('state:BLR', 'state:BLR=x', 'state:BLR=', '=1', 'state:BLR=-1'):
            self.assertIn('--expect: found', self.refused('record', '--expect', text, self.file('a', release('a'))))


class Options(ProgramTest):
    def test_dry_run(self):
        """--dry-run says what would be done, records nothing and makes no ledger"""
        file = self.file('a', release('a'), release('b', because_of='a'))
        self.assertIn('2 lines: 2 would be new, 0 known already, 0 refused; positions 1 to 2; nothing was recorded', self.done('record', '--dry-run', file).err)
        self.assertFalse(self.ledger.exists())
        self.done('record', file)
        self.assertIn('0 would be new, 2 known already', self.done('record', '--dry-run', file).err)
        self.assertIn('c:1', self.refused('record', '--dry-run', self.file('c', release('c', -1))))
        two = self.done('record', '--dry-run', self.file('d', release('d')), self.file('e', release('e', because_of='d'))).err
        self.assertIn('2 of 2 files: 2 lines: 2 would be new', two)
        self.assertEqual(len(self.events()), 2)
        self.assertEqual(self.left_in_tmp(), [])

    def test_zone(self):
        """--zone is written into events that name none, and only where the option itself is given"""
        file = self.file('a', release('a'), release('b', zone='Europe/Vilnius'))
        self.done('record', '--zone', 'Europe/Minsk', file)
        self.assertEqual([event['zone'] for event in self.events()], ['Europe/Minsk', 'Europe/Vilnius'])
        self.done('record', self.file('c', release('c')), env={'CHANCERY_ZONE': 'Europe/Minsk'})
        self.assertNotIn('zone', self.event('c'))
        self.assertIn('--zone: found "Mars"', self.refused('record', '--zone', 'Mars', file))

    def test_as(self):
        """--as, else CHANCERY_AS, is recorded_by"""
        self.done('record', '--as', 'desk-2', self.file('a', release('a')), env={'CHANCERY_AS': 'desk-1'})
        self.done('record', self.file('b', release('b')), env={'CHANCERY_AS': 'desk-1'})
        self.done('record', self.file('c', release('c')))
        self.assertEqual([event.get('recorded_by') for event in self.events()], ['desk-2', 'desk-1', None])


class Init(ProgramTest):
    def test_init(self):
        """init makes a ledger once, and says so"""
        self.assertIn('made', self.done('init').err)
        self.assertTrue(self.ledger.exists())
        self.assertIn(f'there already: {self.ledger}: ', self.done('init').err)
        self.assertEqual(self.events(), [])

    def test_source(self):
        """the source is given once and never changed"""
        self.done('init', '--source', 'https://example.org/minsk')
        self.done('init', '--source', 'https://example.org/minsk')
        self.assertIn('https://example.org/minsk', self.refused('init', '--source', 'urn:other'))
        self.assertEqual(json.loads(self.done('init', '--format', 'json').out)['source'], 'https://example.org/minsk')
        for bad in ('', 'no uri', 'relative/path'):
            self.assertIn('--source: found', self.refused('init', '--source', bad, ledger=self.folder / 'other'))
        self.assertFalse((self.folder / 'other').exists())


if __name__ == '__main__':
    main()
