#!/usr/bin/env python3
"""usage_test.py BINARY: what `chancery` says of itself, and of a command line that cannot be meant."""
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import BINARY, USAGE, ProgramTest, main


class Usage(ProgramTest):
    def run_alone(self, *words, **env):
        return subprocess.run([BINARY, *words], capture_output=True, text=True, cwd=self.folder, env=self.environment() | env, timeout=60)

    def test_it_says_which_version_it_is(self):
        ran = self.run_alone('--version')
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertRegex(ran.stdout, r'^chancery [0-9]+(\.[0-9]+)+\n$')

    def test_help_and_no_command_at_all_list_the_commands_with_a_line_each(self):
        listed = self.run_alone('--help').stdout
        for name in ('init', 'record', 'view', 'serve', 'completion'):
            self.assertRegex(listed, rf'(?m)^  {name} +[A-Z]')
        helped = self.run_alone('help')
        self.assertEqual((helped.returncode, helped.stdout), (0, listed))
        self.assertEqual(self.run_alone('help', 'view').stdout, self.run_alone('view', '--help').stdout)
        self.assertIn('COMMAND: found "nothing"', self.run_alone('help', 'nothing').stderr)
        bare = self.run_alone()
        self.assertEqual((bare.returncode, bare.stdout), (USAGE, ''))
        self.assertTrue(bare.stderr.startswith('COMMAND: found nothing; allowed: one of those below\n'), bare.stderr)
        self.assertIn(listed, bare.stderr)

    def test_a_folder_and_a_server_are_not_both_meant(self):
        for words in (('--ledger', 'x', '--server', 'http://127.0.0.1:9', 'log'), ('log', '--server=http://127.0.0.1:9', '--ledger=x')):
            ran = self.run_alone(*words)
            self.assertEqual(ran.returncode, USAGE)
            self.assertEqual(ran.stderr, '--server: found "http://127.0.0.1:9" beside --ledger "x"; allowed: one of them\n')
        # A folder that a shell always has in its environment gives way.
        self.assertIn('127.0.0.1:9', self.run_alone('--server', 'http://127.0.0.1:9', 'log', CHANCERY_LEDGER='x').stderr)

    def test_a_number_that_is_none_is_told_with_bounds_that_can_be_read(self):
        for words, option in ((('tail', '--every'), '--every'), (('log', '--wait'), '--wait')):
            for found in ('x', '-1', '1e999', 'nan', ''):
                ran = self.run_alone(*words, found)
                self.assertEqual(ran.returncode, USAGE, ran.stderr)
                self.assertIn(f'{option}: found "{found}"; allowed: 0 or a number above it\n', ran.stderr)

    def test_a_word_that_is_none_of_those_allowed_is_told_with_all_of_them(self):
        for words, option in ((('log', '--by'), '--by'), (('replay', '--by'), '--by')):
            ran = self.run_alone(*words, 'x')
            self.assertEqual((ran.returncode, ran.stderr.splitlines()[0]), (USAGE, f'{option}: found "x"; allowed: recorded, occurred'))


if __name__ == '__main__':
    main()
