#!/usr/bin/env python3
"""read_views_test.py BINARY: what `chancery view`, `timeline`, `history` and `diff` promise besides their answers, which the model checks."""
import csv
import io
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import USAGE, main
from small_affair import AffairTest, event

BORDER = event('border', 'commitment.made', '2025-09-20', {'commitment': 'blr-border', 'by': 'state:BLR', 'what': 'АДКРЫЦЬ мяжу'})


class ReadingTest(AffairTest):
    def keys(self, *arguments):
        return [row['key'] for row in self.done('view', *arguments).rows]


class Conditions(ReadingTest):
    def test_equal(self):
        """= compares a field of the state, by its path, with text, a number or null"""
        self.assertEqual(self.keys('sanctions', '--where', 'status=eased'), ['usa/belavia'])
        self.assertEqual(self.keys('sanctions', '--where', 'status=lifted'), [])
        for number in ('51', '51.0', '5.1e1'):
            self.assertEqual(self.keys('flights', '--where', f'passengers.low={number}'), ['flight'])
        self.assertEqual(self.keys('flights', '--where', 'passengers.low=51.5'), [])
        self.assertEqual(self.keys('flights', '--where', 'carrier=null'), ['flight'])

    def test_list(self):
        """~ finds a member of a list, and all conditions must hold"""
        self.assertEqual(self.keys('sanctions', '--where', 'exemptions~aircraft-parts'), ['usa/belavia'])
        self.assertEqual(self.keys('sanctions', '--where', 'exemptions~aircraft'), [])
        self.assertEqual(self.keys('sanctions', '--where', 'exemptions~aircraft-parts', '--where', 'status=lifted'), [])

    def test_text(self):
        """~ finds a part of a text whatever its case, in any script"""
        self.done('record', self.file('border.ndjson', BORDER))
        self.assertEqual(self.keys('commitments', '--where', 'what~адкрыць МЯЖУ'), ['blr-border'])
        self.assertEqual(self.keys('commitments', '--where', 'what~закрыць'), [])
        self.assertEqual([row['id'] for row in self.done('log', '--grep', 'Мяжу').rows], ['border'])

    def test_words(self):
        """a word of the format's own is taken as people write it, and what is none of the field's is refused with all of them"""
        for typed in ('eased', 'Eased', ' eased ', 'EASED'):
            self.assertEqual(self.keys('sanctions', '--where', f'status={typed}'), ['usa/belavia'], typed)
        self.assertEqual(self.keys('sanctions', '--where', 'status~ease'), ['usa/belavia'])
        for typed in ('in force', 'In Force', 'in_force'):
            self.assertEqual(self.keys('licences', '--where', f'status={typed}'), self.keys('licences'), typed)
        self.assertNotEqual(self.keys('licences'), [])
        for typed in ('=bogus', '=', '~bogus', '=eased, exemptions~aircraft-parts', '=ease', '=in_force'):
            self.assertRegex(self.refused('view', 'sanctions', '--where', 'status' + typed),
                             f'^--where: found "status{re.escape(typed)}"; allowed: active, eased, suspended, lifted, expired, null$')

    def test_kinds(self):
        """what a field can never be is refused with what it can be"""
        for view, condition, allowed in (('flights', 'passengers.low=abc', 'passengers.low=NUMBER, or null'), ('flights', 'passengers.low~5', 'passengers.low=NUMBER, or null'),
                                         ('flights', 'passengers=51', 'passengers=null, passengers=OBJECT as JSON, or one of passengers.low, passengers.high'),
                                         ('sanctions', 'exemptions=aircraft-parts', 'exemptions~VALUE: has it; or exemptions=LIST, a whole list as JSON'),
                                         ('sanctions', 'temporary~x', 'temporary~OBJECT as JSON: has it; or temporary=LIST, a whole list as JSON')):
            self.assertEqual(self.refused('view', view, '--where', condition).strip(), f'--where: found "{condition}"; allowed: {allowed}')
        self.assertEqual(self.keys('sanctions', '--where', 'exemptions=[ "aircraft-parts" ]'), ['usa/belavia'])
        self.assertEqual(self.keys('flights', '--where', 'passengers={"high": 51, "low": 51}'), ['flight'])
        self.assertEqual(self.keys('flights', '--where', 'passengers={"low": 51.0, "high": 5.1e1}'), ['flight'])
        self.assertEqual(self.keys('flights', '--where', 'passengers={"low": 51}'), [])
        self.assertEqual(self.keys('flights', '--where', 'passengers=null'), [])
        for number in ('inf', '-inf', 'nan', '1e999'):
            self.assertIn('allowed: passengers.low=NUMBER', self.refused('view', 'flights', '--where', f'passengers.low={number}'))

    def test_refusals(self):
        """what is no condition, no view, no time or no position is refused with what is allowed"""
        self.assertRegex(self.refused('view', 'sanctions', '--where', 'status'), '^--where: found "status"; allowed: FIELD=VALUE')
        self.assertRegex(self.refused('view', 'sanctions', '--where', 'statu=eased'), '^--where: found "statu"; allowed: .*status')
        self.assertRegex(self.refused('diff', 'prisoners', '--at', '2025..2026', '--where', 'x.held=1'), '^--where: found "x.held"; allowed: holder, held, .*person')
        for path in ('held.hihg', 'held.low.x', 'estimate.lo', 'holder.x', 'held.'):
            self.assertRegex(self.refused('view', 'prisoners', '--where', path + '=1'), f'^--where: found "{re.escape(path)}"; allowed: {path.split(".")[0]}')
        self.assertRegex(self.refused('view', 'sanction'), '^view: found "sanction"; allowed: prisoners, sanctions')
        self.assertRegex(self.refused('view', 'sanctions', '--at', 'pos:3'), '^--at: found "pos:3"; allowed: an EDTF date')
        self.assertRegex(self.refused('view', 'sanctions', '--known', 'pos:99'), '^--known: found "pos:99"; allowed: pos:0 to pos:12')
        self.assertRegex(self.refused('diff', 'sanctions', '--at', '2025..'), r'^--at: found "2025\.\."')


class Answers(ReadingTest):
    def test_in_a_pipe(self):
        """in a pipe rows come one a line, and the position goes to stderr"""
        ran = self.done('view', 'sanctions')
        self.assertEqual([list(row) for row in ran.rows],
                         [['key', 'valid_from', 'valid_to', 'certain', 'because', 'disputed', 'state']])
        self.assertEqual(ran.err, 'position: 12\n')

    def test_json(self):
        """json is one object with what was asked, and count only the number of rows"""
        self.assertEqual(list(json.loads(self.done('view', 'sanctions', '--format', 'json').out)), ['view', 'at', 'position', 'rows'])
        counted = json.loads(self.done('view', 'flights', '--count', '--at', '2026', '--format', 'json').out)
        self.assertEqual(counted, {'view': 'flights', 'at': '2026-12-31T23:59:59.999999Z', 'position': 12, 'count': 1})

    def test_pages(self):
        """pages of one key each are the whole, whoever asks and whatever the keys begin with"""
        parties = ['org:a', 'org:a-1', 'org:a.b', 'org:a_', 'person:a', 'state:BLR']
        told = [event(f'told-{level}-{i}', 'party.described', '2025-08-01', {'party': party, 'name': f'{level} {party}'}, visibility=level)
                for level in ('public', 'restricted') for i, party in enumerate(parties)]
        self.done('record', self.file('parties.ndjson', *told))
        for asked in ([], ['--visibility', 'public'], ['--prefix', 'org:a'], ['--prefix', 'org:a', '--visibility', 'public']):
            whole, pages = self.keys('parties', *asked), []
            while page := self.keys('parties', *asked, '--limit', '1', *(['--after', pages[-1]] if pages else [])):
                pages += page
            self.assertEqual(pages, whole, asked)
            self.assertGreaterEqual(len(whole), 4)

    def test_csv(self):
        """csv has a header, dotted columns and lists joined by a bar"""
        rows = list(csv.DictReader(io.StringIO(self.done('timeline', 'flights', 'flight', '--format', 'csv').out)))
        self.assertEqual([(row['passengers.low'], row['because']) for row in rows], [('51', '4')])
        none = self.done('history', 'flights', 'nothing', '--format', 'csv').out
        self.assertEqual(none, 'valid_from,valid_to,known_from,known_to,certain_from,because\n')

    def test_explain(self):
        """explain adds the events a row rests on, as the reader sees them"""
        row, = self.done('view', 'sanctions', '--explain', '--visibility', 'public').rows
        self.assertEqual([one['id'] for one in row['events']], ['gl11'])
        self.assertEqual(row['events'][0]['because_of'], ['letter', 'release'])

    def test_rows_of_a_key_come_in_parts_as_they_are_asked_for(self):
        self.done('record', self.file('more', *[event(f'l{year}', 'sanction.lifted' if year % 2 else 'sanction.imposed', str(year), {'measure': 'usa/belavia'} | ({} if year % 2 else {'target': ['org:belavia'], 'restrictions': ['dealings']})) for year in range(2001, 2007)]))
        for command in ('timeline', 'history'):
            whole = self.done(command, 'sanctions', 'usa/belavia').rows
            self.assertGreater(len(whole), 1)
            self.assertEqual(self.done(command, 'sanctions', 'usa/belavia', '--limit', '1').rows, whole[:1])
            self.assertEqual(self.done(command, 'sanctions', 'usa/belavia', '--after', '1').rows, whole[1:])
            self.refused(command, 'sanctions', 'usa/belavia', '--after', 'usa/a', code=USAGE)

    def test_unknown_key(self):
        """a key that nobody knows has no rows, and that is no error"""
        self.assertEqual(self.done('timeline', 'sanctions', 'usa/nothing').rows, [])
        self.assertEqual(self.done('history', 'sanctions', 'usa/nothing').rows, [])

    def test_failed_output(self):
        """output that cannot be written is a failure of the machine, in each of them"""
        for command in (['view', 'sanctions'], ['timeline', 'sanctions', 'usa/belavia'], ['history', 'sanctions', 'usa/belavia'],
                        ['diff', 'sanctions', '--at', '2025-01..now']):
            with self.subTest(command=command):
                self.assertRegex(self.failed_output(*command), '^stdout: ')


if __name__ == '__main__':
    main()
