#!/usr/bin/env python3
"""write_files_test.py BINARY: what `chancery record` promises of the files it reads, and of those it writes."""
import json
import os
import pathlib
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import BINARY, MACHINE, ProgramTest, main, release


class Pipes(ProgramTest):
    def test_stdin(self):
        """stdin is called stdin, and its temporary copy is gone with the program"""
        ran = self.done('record', '-', stdin=json.dumps(release('a')).encode())
        self.assertIn('stdin: 1 line: 1 new', ran.err)
        self.assertRegex(self.refused('record', '-', stdin=b'{}'), r'^stdin:1: type: found nothing')
        self.assertEqual(self.left_in_tmp(), [])

    def test_regular_stdin(self):
        """a regular file as stdin is read from where it stands"""
        file = self.file('a.ndjson', 'a line for somebody else', release('a'))
        with open(file, 'rb', buffering=0) as stdin:
            stdin.seek(len('a line for somebody else\n'))
            self.assertIn('1 line: 1 new', self.done('record', '-', stdin=stdin).err)

    def test_stdin_and_a_file_called_stdin(self):
        """a file called stdin is not stdin, and stdin given twice has its lines once"""
        self.done('init')
        self.file('stdin', release('a'))
        self.assertIn('stdin: 1 line: 1 new', self.done('record', 'stdin').err)
        self.assertIn('2 of 2 files: 1 line: 1 new', self.done('record', '-', '-', stdin=json.dumps(release('b')).encode()).err)
        self.assertEqual([event['id'] for event in self.events()], ['a', 'b'])

    def test_nobody_reads_what_was_recorded(self):
        """what was recorded is recorded whole though nobody reads what is said of it, which is told at the end"""
        self.done('init')
        self.serve(self.ledger)
        file = self.file('a', *(release(f'a/{i}') for i in range(3000)))
        with subprocess.Popen([BINARY, '--ledger', str(self.ledger), 'record', '--format', 'ndjson', file], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment()) as record:
            record.stdout.readline()
            record.stdout.close()
            err = record.stderr.read().decode()
        self.assertEqual(record.returncode, MACHINE, err)
        self.assertIn('3000 new', err)
        self.assertIn('stdout: found output that cannot be written', err)
        self.assertEqual(len(self.events()), 3000)

    def test_named_pipe(self):
        """a named pipe is read once and to its end before anything is recorded"""
        pipe = self.folder / 'pipe'
        os.mkfifo(pipe)
        lines = ''.join(json.dumps(release(f'e{n}')) + '\n' for n in range(2000))
        writer = threading.Thread(target=pipe.write_text, args=(lines,))
        writer.start()
        ran = self.done('record', '--skip-invalid', 'pipe')
        writer.join()
        self.assertIn('2000 lines: 2000 new', ran.err)


class SeveralFiles(ProgramTest):
    def test_each_by_itself(self):
        """of several files each is checked and committed by itself, the second against what the first brought"""
        first, second = self.file('one', release('a')), self.file('two', release('b', because_of='a'))
        ran = self.done('record', first, second)
        self.assertIn('2 of 2 files: 2 lines: 2 new', ran.err)
        self.assertNotEqual(*(event['recorded_at'] for event in self.events()))

    def test_second_refused(self):
        """where the second file is refused the first stands, the third is not tried, and the summary says so"""
        err = self.refused('record', self.file('one', release('a')), self.file('two', release('b', -1)), self.file('three', release('c')))
        self.assertRegex(err, r'two:1: data\.count')
        self.assertRegex(err, r'1 of 3 files: 2 lines: 1 new, 0 known already, 1 refused; positions 1 to 1; .*three and what follows it not tried')
        self.assertEqual([event['id'] for event in self.events()], ['a'])

    def test_missing_second(self):
        """a missing file leaves those before it recorded"""
        self.done('init')
        err = self.refused('record', self.file('one', release('a')), 'missing', self.file('two', release('b')))
        self.assertIn('missing: found no such file', err)
        self.assertRegex(err, r'1 of 3 files: 1 line: 1 new.*two and what follows it not tried')
        self.assertEqual(len(self.events()), 1)

    def test_names_that_are_no_text(self):
        """a file may have a name that is not UTF-8, and a word that must be UTF-8 is refused by its option"""
        self.done('init')
        name = b'one\xff'
        (self.folder / os.fsdecode(name)).write_text(json.dumps(release('a')))
        self.assertEqual(subprocess.run([BINARY, '--ledger', str(self.ledger), 'record', name], cwd=self.folder, env=self.environment(), capture_output=True).returncode, 0)
        self.assertEqual(len(self.events()), 1)
        self.assertIn('--as: found a byte that is not UTF-8', self.refused('record', '--as', b'\xff', self.file('two', release('b'))))


class Refused(ProgramTest):
    def test_skip_invalid(self):
        """--skip-invalid records the rest and keeps the bad lines as they were"""
        bad = [b'{"id":"x"}\r', b'  not  json \xff', b'y' * 300_000]
        file = self.file('a.ndjson', release('a'), bad[0], release('b', because_of='a'), bad[1], bad[2], release('c', because_of='x'))
        ran = self.done('record', '--skip-invalid', file)
        self.assertEqual(len([line for line in ran.err.splitlines() if '; allowed: ' in line]), 4)
        self.assertIn('6 lines: 2 new, 0 known already, 4 refused; positions 1 to 2', ran.err)
        kept = (self.folder / 'a.ndjson.rejected').read_bytes().split(b'\n')
        self.assertEqual(kept, bad + [json.dumps(release('c', because_of='x')).encode(), b''])
        self.assertEqual([event['id'] for event in self.events()], ['a', 'b'])

    def test_skip_invalid_of_a_pipe(self):
        """what is refused of stdin is kept in the current folder, and a dry run keeps nothing"""
        self.done('record', '--skip-invalid', '--dry-run', '-', stdin=b'bad\n')
        self.assertFalse((self.folder / 'stdin.rejected').exists())
        self.done('record', '--skip-invalid', '-', stdin=b'bad\n')
        self.assertEqual((self.folder / 'stdin.rejected').read_bytes(), b'bad\n')
        (self.folder / 'stdin.rejected').unlink()
        self.done('record', '--skip-invalid', '/dev/stdin', stdin=b'worse\n')
        self.assertEqual((self.folder / 'stdin.rejected').read_bytes(), b'worse\n')
        with open(self.file('a', 'worst'), 'rb') as stdin:
            self.done('record', '--skip-invalid', '/dev/stdin', stdin=stdin)
        self.assertEqual((self.folder / 'stdin.rejected').read_bytes(), b'worst\n')

    def test_skip_invalid_where_nothing_can_be_kept(self):
        """where refused lines cannot be kept nothing is recorded, and where there are none nothing is made"""
        self.done('init')
        (self.folder / 'a.rejected').mkdir()
        self.assertIn('a.rejected: found Is a directory', self.refused('record', '--skip-invalid', self.file('a', release('a'), 'bad'), code=MACHINE))
        self.assertEqual(self.events(), [])
        self.done('record', '--skip-invalid', self.file('a', release('a')))
        self.done('record', '--skip-invalid', self.file('b', release('b')))
        self.assertFalse((self.folder / 'b.rejected').exists())
        self.assertEqual(len(self.events()), 2)

    def test_skip_invalid_of_one_file_twice(self):
        """what is refused of a file that is given twice is kept once"""
        self.done('init')
        file = self.file('a', release('a'), 'bad')
        self.done('record', '--skip-invalid', file, file)
        self.assertEqual((self.folder / 'a.rejected').read_bytes(), b'bad\n')

    def test_skip_invalid_on_a_full_disk(self):
        """a refused line for which there is no room is not lost"""
        self.done('init')
        (self.folder / 'stdin.rejected').symlink_to('/dev/full')
        err = self.refused('record', '--skip-invalid', '-', stdin=b'bad one\n', code=MACHINE)
        self.assertIn('stdin.rejected: found No space left on device', err)
        self.assertEqual(self.events(), [])

    def test_skip_invalid_in_batches(self):
        """a skipped line counts for no commit"""
        lines = [release(f'a{n}', -1 if n % 2 else n) for n in range(8)]
        self.done('record', '--skip-invalid', '--batch', '2', self.file('a', *lines))
        at = [event['recorded_at'] for event in self.events()]
        self.assertTrue(at[0] == at[1] != at[2] == at[3])


if __name__ == '__main__':
    main()
