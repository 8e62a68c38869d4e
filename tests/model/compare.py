#!/usr/bin/env python3
"""Compares a chancery binary with the naive evaluator on random ledgers.

Prints the seed and the first differences of each wrong answer; exits 1 on any.

compare.py BINARY [--seed N] [--events M] [--rounds R] [--questions Q] [--keep DIR]
CHANCERY_SEED in the environment overrides --seed; without either the seed is random. Round r uses seed N + r; odd seeds
make narrow ledgers."""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from evaluator import KINDS
from generate import generated

SHOWN_MAX = 10


def differences(want, got, path=''):
    """Every field wanted must be there and equal; more may be there, but not inside a state."""
    if isinstance(want, dict) and isinstance(got, dict):
        for name in want:
            if name not in got:
                yield f'{path}.{name}: missing, wanted {short(want[name])}'
            else:
                yield from differences(want[name], got[name], f'{path}.{name}')
        if path.rsplit('.', 1)[-1] in ('state', 'before', 'after'):
            yield from (f'{path}.{name}: not wanted' for name in got if name not in want)
    elif isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            yield f'{path}: {len(got)} entries, wanted {len(want)}'
        for n, (a, b) in enumerate(zip(want, got)):
            yield from differences(a, b, f'{path}[{n}]')
    elif want != got or isinstance(want, bool) != isinstance(got, bool):
        yield f'{path}: {short(got)}, wanted {short(want)}'


def short(value):
    return json.dumps(value, ensure_ascii=False)[:160]


def arguments(question):
    """The command line of a question."""
    kind = next(kind for kind in KINDS if kind in question)
    args = [kind, question[kind]] + ([question['key']] if 'key' in question else [])
    for name in ('at', 'known'):
        value = question.get(name)
        if value is not None:
            args += ['--' + name, value if isinstance(value, str) else '..'.join(part or 'now' for part in value)]
    return args + (['--visibility', question['visibility']] if 'visibility' in question else [])


def without_now(answer, question):
    """The wanted answer without the instants that depend on when it is asked."""
    asked = question.get('at')
    for name, part in (('from', 0), ('to', 1)):
        if name in answer and (asked is None or (isinstance(asked, list) and asked[part] is None)):
            del answer[name]['at']
    if 'at' in answer and asked is None:
        del answer['at']
    return answer


class Round:
    def __init__(self, binary, seed, options):
        self.binary, self.seed, self.narrow = binary, seed, seed % 2 == 1
        self.lines, self.questions, self.evaluator = generated(seed, options.events, self.narrow, options.questions)
        self.wrong = 0

    def run(self, ledger, *args):
        command = [self.binary, '--ledger', str(ledger), *args]
        return subprocess.run(command, capture_output=True, text=True, encoding='utf-8', timeout=120)

    def ask(self, ledger, question):
        wanted = without_now(json.loads(json.dumps(self.evaluator.answer(question))), question)
        process = self.run(ledger, *arguments(question), '--format', 'json')
        if process.returncode:
            return [f'exit {process.returncode}: {process.stderr[:300]}']
        try:
            return list(differences(wanted, json.loads(process.stdout)))
        except ValueError:
            return ['not JSON: ' + process.stdout[:160]]

    def compare(self, folder):
        native = folder / 'ledger.ndjson'
        native.write_text('\n'.join(self.lines) + '\n', encoding='utf-8')
        asked = ''.join(json.dumps(question) + '\n' for question in self.questions)
        (folder / 'questions.jsonl').write_text(asked, encoding='utf-8')
        process = self.run(folder / 'ledger', 'record', '--preserve-recorded-at', str(native))
        if process.returncode:
            print(f'seed {self.seed}: record exited {process.returncode}: {process.stderr[:2000]}')
            self.wrong += 1
            return
        for question in self.questions:
            bad = self.ask(folder / 'ledger', question)
            self.wrong += bool(bad)
            if bad and self.wrong <= SHOWN_MAX:
                print(f'seed {self.seed}: ' + ' '.join(arguments(question)), *('   ' + line for line in bad[:4]),
                      sep='\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('binary')
    parser.add_argument('--seed', type=int)
    parser.add_argument('--events', type=int, default=200)
    parser.add_argument('--rounds', type=int, default=4)
    parser.add_argument('--questions', type=int, default=100)
    parser.add_argument('--keep', type=pathlib.Path, help='a folder for the ledgers of rounds that differ')
    options = parser.parse_args()
    seed = int(os.environ['CHANCERY_SEED']) if os.environ.get('CHANCERY_SEED') else options.seed
    if seed is None:
        seed = random.randrange(1_000_000)
    print(f'seed {seed}: {options.rounds} rounds of {options.events} events and {options.questions} questions',
          flush=True)
    wrong = 0
    for number in range(options.rounds):
        one = Round(options.binary, seed + number, options)
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            if options.keep:
                folder = options.keep / f'seed-{seed + number}'
                folder.mkdir(parents=True)
            one.compare(folder)
        wrong += one.wrong
        if options.keep and not one.wrong:
            shutil.rmtree(folder)
        if one.wrong:
            print(f'again: {sys.argv[0]} {options.binary} --seed {seed + number} --events {options.events} '
                  f'--questions {options.questions} --rounds 1', flush=True)
    print(f'{options.rounds * options.questions - wrong} right, {wrong} wrong')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
