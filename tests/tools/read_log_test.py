#!/usr/bin/env python3
"""read_log_test.py BINARY: what `chancery log` promises."""
import csv
import io
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import USAGE, ProgramTest, main
from small_affair import AFFAIR, AffairTest, event

ALL = [one['id'] for one in AFFAIR]
ACTIONS = [id for id in ALL if id not in ('withdrawal', 'more')]


class ReadingTest(AffairTest):
    def ids(self, *arguments):
        return [row['id'] for row in self.done('log', *arguments).rows]


class Order(ReadingTest):
    def test_newest_first(self):
        """without options all events come, newest first, as native JSON with output fields, and the position goes to stderr"""
        ran = self.done('log')
        self.assertEqual([row['id'] for row in ran.rows], ALL[::-1])
        self.assertEqual(ran.rows[-1]['position'], 1)
        self.assertEqual(ran.rows[-1]['recorded_at'], '2025-09-15T01:00:00Z')
        self.assertEqual(ran.err, 'position: 12\n')

    def test_world_time(self):
        """by occurred the oldest comes first, events of one instant in the order of their positions, and record.* are left out"""
        self.assertEqual(self.ids('--by', 'occurred'),
                         ['old', 'letter', 'release', 'flight', 'flight2', 'gl11', 'secret', 'answer', 'rumour', 'rumour-of-it'])
        self.assertEqual(self.ids('--by', 'recorded', '--limit', 1), ['old'])

    def test_pages_of_world_time(self):
        """beyond an event that is in the list by occurred comes the next page; it tells nothing of others"""
        whole = self.ids('--by', 'occurred')
        position = {one['id']: one['position'] for one in self.done('log').rows}
        for i, id in enumerate(whole):
            self.assertEqual(self.ids('--by', 'occurred', '--beyond', f'pos:{position[id]}'), whole[i + 1:], id)
        for other in ('pos:10', 'pos:13', 'pos:0', 'x'):
            self.assertIn('--beyond', self.refused('log', '--by', 'occurred', '--beyond', other))
        self.assertIn('--beyond', self.refused('log', '--by', 'occurred', '--beyond', 'pos:6', '--visibility', 'public'))
        self.assertIn('--after', self.refused('log', '--beyond', 'pos:3'))

    def test_empty_values(self):
        """an option with nothing after its = has an empty value, and takes no other word for it"""
        self.assertEqual(self.done('log', '--grep=', '--count').rows, [{'position': 12, 'count': 12}])
        self.assertIn('--tag: found nothing', self.refused('log', '--tag=', '--count'))
        for words in (('--visibility=',), ('--visibility', '')):
            self.assertIn('--visibility: found nothing', self.refused('view', 'licences', *words, code=USAGE))
        self.assertEqual(self.done('view', 'licences', '--after=', '--visibility=public').out, self.done('view', 'licences', '--visibility=public').out)
        self.assertNotEqual(self.done('view', 'licences', '--after=', '--visibility=public').out, self.done('view', 'licences').out)

    def test_limit(self):
        """a limit counts what is shown, after everything else has chosen"""
        self.assertEqual(self.ids('--limit', 2), ['old', 'more'])
        self.assertEqual(self.ids('--type', 'flight.flown', '--limit', 1), ['flight2'])


class Choice(ReadingTest):
    def test_types(self):
        """a type chooses, several choose any of them, a beginning chooses all that begin so, and an unknown one is refused"""
        self.assertEqual(self.ids('--type', 'flight.flown'), ['flight2', 'flight'])
        self.assertEqual(self.ids('--type', 'flight.flown', '--type', 'mission.opened'), ['old', 'flight2', 'flight'])
        self.assertEqual(self.ids('--type', 'record.*'), ['more', 'withdrawal'])
        self.assertRegex(self.refused('log', '--type', 'flight.flew'), r'^--type: found "flight\.flew"; allowed: letter\.sent, ')

    def test_other_fields(self):
        """a stream, a party and a tag choose, and all that are given must hold"""
        self.assertEqual(self.ids('--stream', 'state:BLR'), ['more', 'release'])
        self.assertEqual(self.ids('--party', 'state:USA'), ['old', 'secret', 'gl11'])
        self.assertEqual(self.ids('--party', 'state:USA', '--type', 'mission.*'), ['old'])
        self.assertEqual(self.ids('--tag', 'article'), ['release', 'letter'])
        self.assertEqual(self.ids('--tag', 'nothing'), [])
        self.assertRegex(self.refused('log', '--party', 'USA'), '^--party: found "USA"')

    def test_grep(self):
        """grep finds a text in any field, whatever the case, but not the names of fields"""
        self.assertEqual(self.ids('--grep', 'HOSTAGES"'), ['letter'])
        self.assertEqual(self.ids('--grep', 'they are free'), ['release'])
        self.assertEqual(self.ids('--grep', 'summary'), [])

    def test_recorded_when(self):
        """since begins with the first instant of its date and until ends with the last, in the zone asked for"""
        self.assertEqual(self.ids('--since', '2025-09-15T11:00Z'), ['old', 'more'])
        self.assertEqual(self.ids('--until', '2025-09-15T02:00Z'), ['release', 'letter'])
        self.assertEqual(self.ids('--until', '2025-09-14'), [])
        self.assertEqual(self.ids('--since', '2025-09-15', '--until', '2025-09-15', '--zone', 'Pacific/Kiritimati'), ALL[8::-1])
        self.assertRegex(self.refused('log', '--since', 'yesterday'), '^--since: found "yesterday"')
        for words in (('--since', '2026', '--until', '2025'), ('--since', '2026', '--until', '2025', '--by', 'occurred', '--count')):
            self.assertRegex(self.refused('log', *words, code=USAGE), '^--since: found "2026" after until "2025"; allowed: ')

    def test_happened_when(self):
        """by occurred, since and until are of the first instant of what happened"""
        self.assertEqual(self.ids('--by', 'occurred', '--until', '2025-09-01'), ['old', 'letter'])
        self.assertEqual(self.ids('--by', 'occurred', '--since', '2025-09-11T00:00:01Z', '--until', '2025-09-11'), ['gl11'])
        self.assertEqual(self.ids('--by', 'occurred', '--since', '2025-09-13/..'), ['rumour', 'rumour-of-it'])

    def test_causes(self):
        """causes are all that an event answers, through any number of links, a correction standing in for what it corrects"""
        self.assertEqual(self.ids('--causes', 'answer'), ['secret', 'gl11', 'release', 'letter'])
        self.assertEqual(self.ids('--causes', 'letter'), [])
        self.assertEqual(self.ids('--causes', 'rumour'), ['flight2', 'release', 'letter'])
        self.assertEqual(self.ids('--causes', 'rumour-of-it'), ['flight2', 'release', 'letter'], 'what was withdrawn is passed through')
        self.assertEqual(self.ids('--causes', 'pos:7', '--by', 'occurred', '--limit', 2), ['letter', 'release'])
        self.assertEqual(self.ids('--causes', 'answer', '--visibility', 'partner'), ['gl11', 'release', 'letter'])
        self.assertRegex(self.refused('log', '--causes', 'nobody'), '"nobody"')


class Visibility(ReadingTest):
    def test_hidden(self):
        """an event above the level is not shown, not counted and not linked"""
        public = self.done('log', '--visibility', 'public').rows
        self.assertEqual([row['id'] for row in public], [id for id in ALL[::-1] if id not in ('secret', 'answer')])
        partner = self.done('log', '--visibility', 'partner').rows
        self.assertEqual([row['because_of'] for row in partner if row['id'] == 'answer'], [['gl11']])
        self.assertEqual(self.done('log', '--visibility', 'public', '--count', '--format', 'json').rows, [{'position': 12, 'count': 10}])
        self.assertEqual(self.ids('--visibility', 'public', '--grep', 'hidden'), [])
        self.assertRegex(self.refused('log', '--causes', 'secret', '--visibility', 'partner'), '"secret"')
        self.assertRegex(self.refused('log', '--visibility', 'secret'), '^--visibility: found "secret"')

    def test_stream_of_a_hidden_event(self):
        """a stream that was taken from a hidden event is shown, and chosen, as actions"""
        hidden = [event('x', 'letter.sent', '2025-10', {'from': 'person:a', 'to': 'person:b'}, visibility='restricted'),
                  event('y', 'letter.delivered', '2025-10', {'letter': 'x'}), {'id': 'z', 'type': 'record.sourced', 'supports': 'x', 'sources': ['a']}]
        self.done('record', self.file('hidden.ndjson', *hidden))
        self.assertEqual({row['stream'] for row in self.done('log', '--limit', 2).rows}, {'x'})
        self.assertEqual({row['stream'] for row in self.done('log', '--limit', 2, '--visibility', 'public').rows}, {'actions'})
        self.assertEqual(self.ids('--stream', 'actions', '--visibility', 'public', '--limit', 2), ['z', 'y'])
        self.assertEqual(self.ids('--stream', 'x', '--visibility', 'public'), [])


class Formats(ReadingTest):
    def test_json(self):
        """json is one object with the position and the events"""
        whole = json.loads(self.done('log', '--format', 'json', '--limit', 2).out)
        self.assertEqual(whole['position'], 12)
        self.assertEqual([one['id'] for one in whole['events']], ['old', 'more'])

    def test_csv(self):
        """csv has a header, dotted columns and lists joined by bars"""
        rows = list(csv.DictReader(io.StringIO(self.done('log', '--format', 'csv').out)))
        self.assertEqual(len(rows), 12)
        by_id = {row['id']: row for row in rows}
        self.assertEqual(by_id['gl11']['because_of'], 'letter|release')
        self.assertEqual(by_id['release']['data.count'], '52')
        self.assertEqual(by_id['letter']['summary'], 'A writes to B about the "hostages".')
        self.assertEqual(by_id['more']['occurred'], '')

    def test_count(self):
        """count tells only how many"""
        self.assertEqual(self.done('log', '--count').rows, [{'position': 12, 'count': 12}])
        self.assertEqual(json.loads(self.done('log', '--count', '--type', 'flight.flown', '--format', 'json').out), {'position': 12, 'count': 2})

    def test_table(self):
        """the table tells what became of an event, and the zone in which it speaks"""
        table = self.done('log', '--format', 'table', '--zone', 'Europe/Minsk').out
        self.assertRegex(table, r'2025-09-15 04:00 .*B? ?flight\.flown|2025-09-15 06:00 .*flight\.flown')
        self.assertRegex(table, r' flight .*corrected by flight2\n')
        self.assertRegex(table, r'C says nobody was freed\. +withdrawn by withdrawal\n')
        self.assertRegex(table, r'\n\n12 rows; position 12; dates: Europe/Minsk\n$')

    def test_known(self):
        """a log is that of what was known then, with what had become of it by then"""
        table = self.done('log', '--format', 'table', '--known', 'pos:9').out
        self.assertRegex(table, r'Belarus frees 52\. +disputed by rumour\n')
        self.assertRegex(table, r'C says nobody was freed\. *\n')
        self.assertEqual(self.done('log', '--count', '--by', 'occurred', '--known', 'pos:9').rows, [{'position': 9, 'count': 9}])

    def test_chronology(self):
        """md is a chronology in world time of what stands, with all its sources"""
        text = self.done('log', '--format', 'md').out
        self.assertTrue(text.startswith('# Chronology\n\n## 1992\n\n- '), text[:80])
        self.assertIn('\n## about September 2025\n\n- A writes to B about the "hostages". (`letter`)\n', text)
        self.assertIn('- Belarus frees 52. (`release`)\n'
                      '  - [What \\*we\\* saw, The Paper](<https://example.org/a_(b)>), B2: “they are free”\n'
                      '  - [https://example.org/second](<https://example.org/second>) (added by `more`)\n', text)
        self.assertNotIn('nobody was freed', text)
        self.assertNotIn('(`flight`)', text)
        self.assertIn('(`flight2`)', text)
        self.assertTrue(text.endswith('Left out, because corrected or withdrawn: 2.\n'), text[-80:])

    def test_failing_output(self):
        """output that cannot be written is a failure of the machine"""
        self.assertRegex(self.failed_output('log'), '^stdout: ')


class Empty(ProgramTest):
    def test_no_ledger(self):
        """a ledger that is not there is refused by name, and not made"""
        self.assertRegex(self.refused('log'), 'ledger')
        self.assertFalse(self.ledger.exists())

    def test_no_events(self):
        """an empty ledger has no events, at position 0"""
        self.done('init')
        self.assertEqual(self.done('log').rows, [])
        self.assertEqual(json.loads(self.done('log', '--format', 'json').out), {'position': 0, 'events': []})
        self.assertEqual(self.done('log', '--count').rows, [{'position': 0, 'count': 0}])


if __name__ == '__main__':
    main()
