#!/usr/bin/env python3
"""read_about_test.py BINARY: what the commands about a ledger and about the program promise: schema, rebuild, stats, completion, help."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import BINARY, USAGE, ProgramTest, main, release
from small_affair import with_recorded_at

VIEWS = ['prisoners', 'sanctions', 'missions', 'relations', 'correspondence', 'commitments', 'licences', 'estimates', 'envoys', 'parties', 'flights', 'lists']


class Schema(ProgramTest):
    def test_json_schema(self):
        """the schema of a type, and of all, is JSON Schema 2020-12, and needs no ledger"""
        one = json.loads(self.done('schema', 'prisoners.released').out)
        every = json.loads(self.done('schema', '--format', 'json').out)
        for schema in (one, every):
            self.assertEqual(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema')
        self.assertFalse(self.ledger.exists())
        self.assertIn('"prisoners.freed"', self.refused('schema', 'prisoners.freed'))

    def test_for_people(self):
        """for people it is a table of the fields, and of the types"""
        fields = self.done('schema', 'prisoners.released', '--format', 'table').out
        self.assertRegex(fields, r'\ndata\.holder +party +yes +who held them')
        self.assertRegex(self.done('schema', '--format', 'table').out, r'\nprisoners\.released +People were freed.* RETREAT/release +2 +0841 +7\.0\n')


class Rebuild(ProgramTest):
    def test_same_answers(self):
        """what is built again answers the same"""
        self.done('record', '--preserve-recorded-at', self.file('affair.ndjson', *with_recorded_at()))
        before = [self.done('view', view).out for view in VIEWS] + [self.done('log', '--party', 'state:BLR').out]
        self.assertRegex(self.done('rebuild', 'prisoners').err, r'^prisoners: built again from 12 events in ')
        self.assertEqual(len(self.done('rebuild').err.splitlines()), len(VIEWS) + 1)
        self.assertEqual([self.done('view', view).out for view in VIEWS] + [self.done('log', '--party', 'state:BLR').out], before)
        self.assertIn('allowed: index, prisoners', self.refused('rebuild', 'nothing'))
        self.assertIn('allowed: index, prisoners', self.refused('rebuild', ''))


class Stats(ProgramTest):
    def test_figures(self):
        """stats count what the reader sees"""
        self.done('record', '--preserve-recorded-at', self.file('affair.ndjson', *with_recorded_at()))
        stats = json.loads(self.done('stats', '--format', 'json').out)
        self.assertEqual((stats['position'], stats['events'], stats['corrections'], stats['types']['flight.flown']), (12, 12, 1, 2))
        self.assertEqual((stats['first_recorded_at'], stats['first_earliest']), ('2025-09-15T01:00:00Z', '1992-01-01T00:00:00Z'))
        public = json.loads(self.done('stats', '--format', 'json', '--visibility', 'public').out)
        self.assertEqual((public['position'], public['events']), (12, 10))
        self.assertRegex(self.done('stats', '--format', 'table').out, r'\nevents +12\n')
        self.assertIn('bytes_on_disk', stats['storage'])
        self.assertEqual({name for name in stats['storage'] if not name.startswith('followed_by ')}, {'bytes_on_disk'})

    def test_what_is_hidden(self):
        """stats tell nothing of what the reader does not see: no correction of it, and not how much there is"""
        self.done('record', self.file('a', release('a', visibility='restricted'), release('b', 51, corrects='a')))
        public = json.loads(self.done('stats', '--format', 'json', '--visibility', 'public').out)
        self.assertEqual((public['events'], public['corrections']), (1, 0))
        self.assertNotIn('storage', public)


class Help(ProgramTest):
    def test_examples(self):
        """every command tells with examples how it is used, and each example is a command that parses"""
        names = re.findall(r'^  ([a-z]+) ', self.run_program('--help').out.split('Subcommands:')[1], re.M)
        self.assertGreaterEqual(len(names), 15)
        for name in names:
            text = self.done(name, '--help').out
            examples = re.findall(r'^  (?:source <\()?chancery .*', text.split('Examples:')[1], re.M)
            self.assertGreaterEqual(len(examples), 2, name)

    def test_usage(self):
        """a command or an option that is not there ends with 2"""
        self.refused('frobnicate', code=USAGE)
        self.assertIn('COMMAND: found "import"', self.refused('import', '--help', code=USAGE))
        self.assertIn('--server', self.refused('--server', '', 'stats', code=USAGE))
        self.assertFalse((self.folder / 'ledger').exists())
        for words in (['token', 'list'], ['serve']):
            self.assertIn('--server: found', self.refused('--server', 'http://127.0.0.1:1', *words))
        self.refused('log', '--frobnicate', code=USAGE)
        self.refused('show', code=USAGE)


BASH = r'''
set -u
source ./script
complete -p chancery
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _chancery; echo "[$*] ${COMPREPLY[*]}"; }
ask chancery re
ask chancery --for
ask chancery log --for
ask chancery log --format = j
ask chancery log --format = json --vis
ask chancery --format csv view pri
ask chancery view prisoners x
ask chancery schema mission.
ask chancery --ledger fol
ask chancery record aff
ask chancery log --by o
'''

BASH_SAYS = '''complete -F _chancery chancery
[chancery re] record retract replay rebuild
[chancery --for] --format
[chancery log --for] --format
[chancery log --format = j] json
[chancery log --format = json --vis] --visibility
[chancery --format csv view pri] prisoners
[chancery view prisoners x] 
[chancery schema mission.] mission.opened mission.suspended mission.closed
[chancery --ledger fol] folder
[chancery record aff] affair.ndjson
[chancery log --by o] occurred
'''

ZSH = r'''
zmodload zsh/zpty
zpty shell zsh -f -i
say() { zpty -w shell "$1"; }
say 'PROMPT=; autoload -Uz compinit; compinit -D -u; source ./script; unsetopt zle_bracketed_paste 2>/dev/null; print RE''ADY'
zpty -r -m shell line '*READY*'
say 'print -r -- "known: $_comps[chancery]"'
zpty -r -m shell line '*known: _chancery*' && print known
zpty -n -w shell $'chancery view priso\t'
zpty -r -m shell line '*chancery view prisoners *' && print view
zpty -n -w shell $'\C-uchancery show --visi\t'
zpty -r -m shell line '*chancery show --visibility *' && print option
zpty -n -w shell $'\C-uchancery rebu\t'
zpty -r -m shell line '*chancery rebuild *' && print command
zpty -d shell
'''


class Completion(ProgramTest):
    def script(self, shell):
        (self.folder / 'script').write_text(self.done('completion', shell).out)
        (self.folder / 'folder').mkdir()
        (self.folder / 'affair.ndjson').write_text('')

    def test_bash(self):
        """bash completes commands, options, values and files"""
        self.script('bash')
        ran = subprocess.run(['bash', '--norc', '-c', BASH], capture_output=True, cwd=self.folder, text=True, timeout=60)
        self.assertEqual((ran.stdout, ran.stderr), (BASH_SAYS, ''))

    def test_zsh(self):
        """zsh completes commands, options and values"""
        if not shutil.which('zsh'):
            self.skipTest('zsh is not installed')
        self.script('zsh')
        ran = subprocess.run(['zsh', '-f', '-c', ZSH], capture_output=True, cwd=self.folder, text=True, timeout=60, env=os.environ | {'TERM': 'dumb'})
        self.assertEqual(ran.stdout.split(), ['known', 'view', 'option', 'command'], ran.stderr)

    def test_other_shells(self):
        """another shell is refused"""
        self.refused('completion', 'fish', code=USAGE)


if __name__ == '__main__':
    main()
