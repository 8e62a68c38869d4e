#!/usr/bin/env python3
"""A ledger made from another's replay is the same and answers the same, at every level of visibility; and a rebuild changes no answer."""
import subprocess, sys, tempfile

BINARY = sys.argv[1]
VIEWS = ('prisoners sanctions missions relations correspondence commitments licences estimates envoys parties flights '
         'lists').split()


def run(ledger, *arguments):
    return subprocess.run([BINARY, '--ledger', ledger, *arguments], capture_output=True, text=True, check=True, timeout=120).stdout


def answers(ledger):
    """Every view at three points of the two times and three levels."""
    return [run(ledger, 'view', view, '--at', at, '--known', known, '--visibility', level, '--format', 'json')
            for view in VIEWS for at, known in (('2026-06-01', 'pos:56'), ('2025-09-11', '2025-09-11'), ('2025-09-11', 'pos:40'))
            for level in ('public', 'partner', 'restricted')]


with tempfile.TemporaryDirectory() as folder:
    first, second, copy = folder + '/first', folder + '/second', folder + '/copy.ndjson'
    run(first, 'record', '--preserve-recorded-at', 'tools/examples/minsk.ndjson')
    lines = run(first, 'replay', '--format', 'ndjson')
    assert lines.count('\n') == 56, lines.count('\n')
    open(copy, 'w').write(lines)
    run(second, 'record', '--preserve-recorded-at', copy)
    assert run(second, 'replay', '--format', 'ndjson') == lines, 'the second ledger replays otherwise'
    before = answers(first)
    assert any('usa/belavia' in answer for answer in before), 'no answer tells of Belavia'
    assert answers(second) == before, 'the second ledger answers otherwise'
    run(first, 'rebuild')
    assert answers(first) == before, 'a rebuild changed an answer'
print('the same')
