#!/usr/bin/env python3
"""transcripts_test.py BINARY: what README.md, ARCHITECTURE.md and docs/*.md show is what happens.

Every fenced block marked `console` is a transcript: lines that begin with `$ ` are commands (a trailing backslash goes on), what follows
each is what it prints, stdout and stderr together. All blocks of one document are run in order in one new folder, against a ledger made
from tools/examples/minsk.ndjson. A line `...` stands for any lines, `...` inside a line for any text. Every name in brackets
after the word `test` or `tests` (`(test: a sentence)`) must be a test that ctest knows. Nothing here writes a document."""
import os, pathlib, re, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(sys.argv[1]).resolve()
BUILD = pathlib.Path(os.environ.get('CHANCERY_BUILD', BINARY.parent))
DOCUMENTS = [ROOT / 'README.md', ROOT / 'ARCHITECTURE.md', *sorted((ROOT / 'docs').glob('*.md'))]

failures = []


def blocks(text):
    """(line number, lines) of each console block."""
    for match in re.finditer(r'^```console\n(.*?)^```', text, re.M | re.S):
        yield text[:match.start()].count('\n') + 2, match.group(1).split('\n')[:-1]


def steps(lines):
    """(offset, command, expected lines) of each command of a block."""
    found = []
    for offset, line in enumerate(lines):
        if line.startswith('$ '):
            found.append([offset, line[2:], []])
        elif found and found[-1][1].endswith('\\') and not found[-1][2]:
            found[-1][1] = found[-1][1][:-1] + line.strip()
        elif found:
            found[-1][2].append(line.rstrip())
    return found


def line_matches(want, got):
    pattern = '.*'.join(re.escape(part) for part in want.split('...'))
    return re.fullmatch(pattern, got) is not None


def matches(want, got):
    if not want:
        return not got
    if want[0] == '...':
        return any(matches(want[1:], got[n:]) for n in range(len(got) + 1))
    return bool(got) and line_matches(want[0], got[0]) and matches(want[1:], got[1:])


def run(document, folder, environment):
    text = document.read_text()
    for number, lines in blocks(text):
        for offset, command, want in steps(lines):
            done = subprocess.run(['bash', '-c', command], cwd=folder, env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=300)
            got = [line.rstrip() for line in done.stdout.rstrip('\n').split('\n')] if done.stdout else []
            while want and not want[-1]:
                want.pop()
            while got and not got[-1]:
                got.pop()
            if not matches(want, got):
                failures.append(f'{document.name}:{number + offset}: $ {command}\n  wanted:\n    ' + '\n    '.join(want) +
                                '\n  got:\n    ' + '\n    '.join(got))


def named_tests(text):
    """Names in `(test: ...)`, over line ends."""
    for match in re.finditer(r'\(tests?:\s+([^)]*)\)', text):
        for name in match.group(1).split(';'):
            yield re.sub(r'\s+', ' ', name).strip()


def known_tests():
    listed = subprocess.run(['ctest', '--test-dir', str(BUILD), '-N'], capture_output=True, text=True).stdout
    return [line.split(': ', 1)[1].strip() for line in listed.split('\n') if re.match(r'\s*Test +#\d+: ', line)]


def main():
    tests = known_tests()
    commands = 0
    for document in DOCUMENTS:
        if not document.exists():
            continue
        text = document.read_text()
        commands += sum(len(steps(lines)) for _, lines in blocks(text))
        for name in named_tests(text):
            if not any(known == name or known.endswith('/' + name) for known in tests):
                failures.append(f'{document.name}: names a test that does not exist: {name}')
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, 'PATH': f'{BINARY.parent}:{os.environ["PATH"]}', 'CHANCERY_LEDGER': folder + '/ledger',
                           'NO_COLOR': '1', 'LC_ALL': 'C.UTF-8', 'CHANCERY_ZONE': 'UTC', 'EXAMPLES': str(ROOT / 'tools/examples')}
            subprocess.run([BINARY, 'record', '--preserve-recorded-at', ROOT / 'tools/examples/minsk.ndjson'], env=environment,
                           check=True, capture_output=True)
            run(document, folder, environment)
    if commands == 0:
        failures.append('no transcript was found: the documents or this test are wrong')
    print('\n'.join(failures) or f'{commands} commands do what the documents show')
    sys.exit(1 if failures else 0)


main()
