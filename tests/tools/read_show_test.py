#!/usr/bin/env python3
"""read_show_test.py BINARY: what `chancery show` and `chancery trace` promise."""
import csv
import io
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import main
from small_affair import AffairTest, eased, flown


class ReadingTest(AffairTest):
    def show(self, name, *more):
        return json.loads(self.done('show', name, '--format', 'json', *more).out)

    def trace(self, name, *more):
        return json.loads(self.done('trace', name, '--format', 'json', *more).out)


class Show(ReadingTest):
    def test_shape(self):
        """an event is shown with all its links, in the order of the documents"""
        shown = self.show('release')
        self.assertEqual(list(shown), ['event', 'live', 'live_event', 'chain', 'withdrawn_by', 'because_of', 'answered_by', 'disputed_by', 'supported_by'])
        event = shown.pop('event')
        self.assertEqual((event['id'], event['position'], event['revision'], event['recorded_at']), ('release', 2, 0, '2025-09-15T02:00:00Z'))
        self.assertEqual(shown, {'live': True, 'live_event': 'release', 'chain': ['release'], 'withdrawn_by': None, 'because_of': ['letter'],
                                 'answered_by': ['flight2', 'gl11', 'secret'], 'disputed_by': [], 'supported_by': ['more']})

    def test_corrected(self):
        """a corrected event is not live, and its correction is the live event of the same chain"""
        old, new = self.show('flight'), self.show('flight2')
        self.assertEqual((old['live'], old['live_event'], old['chain'], old['withdrawn_by']), (False, 'flight2', ['flight', 'flight2'], None))
        self.assertEqual((new['live'], new['live_event'], new['chain']), (True, 'flight2', ['flight', 'flight2']))
        self.assertEqual(new['because_of'], ['release'])

    def test_withdrawn(self):
        """a withdrawn event is not live, and nothing stands in for it"""
        shown = self.show('rumour')
        self.assertEqual((shown['live'], shown['live_event'], shown['chain'], shown['withdrawn_by']), (False, None, ['rumour'], 'withdrawal'))
        self.assertEqual(self.show('rumour-of-it')['because_of'], [], 'links lead to what stands')
        self.assertEqual(self.show('flight2')['answered_by'], [])

    def test_retraction_undone(self):
        """withdrawing a retraction brings back the event, its answers and its dispute"""
        self.done('record', self.file('undo.ndjson', {'id': 'undo', 'type': 'record.retracted', 'data': {'reason': 'it was true'}, 'retracts': 'withdrawal'}))
        self.assertTrue(self.show('rumour')['live'])
        self.assertEqual(self.show('release')['disputed_by'], ['rumour'])
        self.assertEqual(self.show('flight')['answered_by'], ['rumour'])
        retraction = self.show('withdrawal')
        self.assertEqual((retraction['live'], retraction['live_event'], retraction['chain'], retraction['withdrawn_by']), (False, None, [], 'undo'))

    def test_correction_withdrawn(self):
        """withdrawing a correction brings back what it had replaced"""
        self.done('record', self.file('undo.ndjson', {'id': 'undo', 'type': 'record.retracted', 'data': {'reason': 'no'}, 'retracts': 'flight2'}))
        self.assertEqual(self.show('flight2')['live_event'], 'flight')
        self.assertEqual(self.show('flight2')['withdrawn_by'], 'undo')
        self.assertTrue(self.show('flight')['live'])
        self.assertIn('flight', self.show('release')['answered_by'])

    def test_record(self):
        """of a record.* live says that it stands, and its chain is empty"""
        shown = self.show('more')
        self.assertEqual((shown['live'], shown['live_event'], shown['chain']), (True, None, []))

    def test_names(self):
        """an event is found by its id, a UUID of any case, or its position"""
        self.assertEqual(self.show('pos:2')['event']['id'], 'release')
        uuid = '0A1B2C3D-0000-4000-8000-00000000ABCD'
        self.done('record', self.file('uuid.ndjson', flown(uuid, 1)))
        self.assertEqual(self.show(uuid)['event']['id'], uuid.lower())
        for name in ('nobody', 'pos:0', 'pos:14', 'pos:x', 'no good id'):
            self.assertIn(name, self.refused('show', name))

    def test_hidden(self):
        """what the reader does not see is not found and not linked"""
        self.assertRegex(self.refused('show', 'secret', '--visibility', 'partner'), 'found "secret", which is not in the ledger')
        self.assertRegex(self.refused('show', 'pos:6', '--visibility', 'public'), 'found "pos:6", which is not in the ledger')
        self.assertEqual(self.show('release', '--visibility', 'partner')['answered_by'], ['flight2', 'gl11'])
        self.assertEqual(self.show('answer', '--visibility', 'partner')['because_of'], ['gl11'])
        self.assertEqual(self.show('gl11', '--visibility', 'public')['answered_by'], [])

    def test_hidden_correction(self):
        """a public correction of a hidden correction replaces the original for everybody"""
        self.done('record', self.file('chain.ndjson', eased('a', '2025-10-01'), eased('b', '2025-10-02', corrects='a', visibility='restricted'),
                                      eased('c', '2025-10-03', corrects='b')))
        public = self.show('c', '--visibility', 'public')
        self.assertEqual((public['event']['corrects'], public['chain'], public['live']), ('a', ['a', 'c'], True))
        self.assertEqual(self.show('c')['chain'], ['a', 'b', 'c'])
        self.assertEqual(self.show('a', '--visibility', 'public')['live_event'], 'c')

    def test_formats(self):
        """in a pipe the answer is one line, and csv has dotted columns"""
        self.assertEqual(self.done('show', 'release').rows, [self.show('release')])
        [row] = csv.DictReader(io.StringIO(self.done('show', 'release', '--format', 'csv').out))
        self.assertEqual((row['event.id'], row['live'], row['answered_by']), ('release', 'true', 'flight2|gl11|secret'))

    def test_page(self):
        """for people it is a page of words"""
        page = self.done('show', 'release', '--format', 'table', '--zone', 'Europe/Minsk').out
        for words in ('prisoners.released  release\n11 September 2025\n\nBelarus frees 52.\n', '\nholder        state:BLR\ncount         52\n',
                      '\nsource        What *we* saw, The Paper [B2]\n              "they are free"\n              https://example.org/a_(b)\n',
                      '(added by more)', '\nbecause of    letter: A writes to B about the "hostages".\n', '\nanswered by   flight2: ',
                      '\nlive          yes\n', '\nrecorded      2025-09-15 05:00 (Europe/Minsk), position 2, revision 0 of state:BLR\n'):
            self.assertIn(words, page)
        self.assertIn('\nlive          no: replaced by flight2\n', self.done('show', 'flight', '--format', 'table').out)
        self.assertIn('\nlive          no: withdrawn by withdrawal: invented\n', self.done('show', 'rumour', '--format', 'table').out)
        self.assertIn('\n              on 2025-09-15 10:00 (UTC)\n', self.done('show', 'rumour', '--format', 'table').out)

    def test_range(self):
        """a count of at least so many is told as one"""
        self.done('add', 'prisoners.detained', 'id=some', 'occurred=2025-09', 'holder=state:BLR', 'count=[1300,null]', 'nationalities={"LTU":[1,2]}')
        page = self.done('show', 'some', '--format', 'table').out
        for words in ('\ncount         1,300 or more\n', '\nnationalities LTU: 1 to 2\n'):
            self.assertIn(words, page)

    def test_known(self):
        """an event and its trace are shown as they were known then"""
        self.assertEqual(json.loads(self.done('show', 'release', '--known', 'pos:9', '--format', 'json').out)['disputed_by'], ['rumour'])
        self.assertTrue(json.loads(self.done('show', 'flight', '--known', '2025-09-15T03:30Z', '--format', 'json').out)['live'])
        self.assertIn('pos:1 to pos:9', self.refused('show', 'more', '--known', 'pos:9'))
        self.assertEqual(json.loads(self.done('trace', 'letter', '--known', 'pos:2', '--format', 'json').out)['answers'][0]['answers'], [])


class Trace(ReadingTest):
    def names(self, nodes, under):
        return [(node['id'], self.names(node[under], under)) for node in nodes]

    def test_tree(self):
        """a trace shows each chain once, by its live event, under the latest of its causes"""
        tree = self.trace('letter')
        self.assertEqual([tree[name] for name in ('position', 'id', 'type', 'occurred', 'live', 'because_of')],
                         [12, 'letter', 'letter.sent', '2025-09~', True, []])
        self.assertEqual(self.names(tree['answers'], 'answers'),
                         [('release', [('flight2', [('rumour', [('rumour-of-it', [])])]), ('gl11', []), ('secret', [('answer', [])])])])
        rumour = tree['answers'][0]['answers'][0]['answers'][0]
        self.assertEqual((rumour['live'], rumour['summary']), (False, 'C says nobody was freed.'))

    def test_causes(self):
        """a trace tells what led to the event, as far back as it goes"""
        tree = self.trace('answer')
        self.assertEqual(self.names(tree['because_of'], 'because_of'), [('gl11', [('release', [('letter', [])])]), ('secret', [])])
        self.assertEqual(tree['answers'], [])

    def test_corrected_root(self):
        """the trace of a corrected event is that of its correction"""
        self.assertEqual(self.trace('flight'), self.trace('flight2'))
        self.assertEqual(self.trace('flight')['id'], 'flight2')

    def test_depth(self):
        """a depth ends the tree so many links away, both ways"""
        tree = self.trace('release', '--depth', 1)
        self.assertEqual(self.names(tree['answers'], 'answers'), [('flight2', []), ('gl11', []), ('secret', [])])
        self.assertEqual(self.names(self.trace('answer', '--depth', 1)['because_of'], 'because_of'), [('gl11', []), ('secret', [])])

    def test_hidden(self):
        """a trace leads through nothing that the reader does not see"""
        tree = self.trace('letter', '--visibility', 'partner')
        self.assertEqual(self.names(tree['answers'], 'answers'),
                         [('release', [('flight2', [('rumour', [('rumour-of-it', [])])]), ('gl11', [('answer', [])])])])
        self.assertIn('"secret"', self.refused('trace', 'secret', '--visibility', 'public'))

    def test_ring(self):
        """corrections that lead chains in a ring end the tree and not the program"""
        self.done('record', self.file('ring.ndjson', eased('a', '2025-10-01'), eased('b', '2025-10-02', because_of=['a']),
                                      eased('a2', '2025-10-01', corrects='a', because_of=['b']), eased('c', '2025-10-03', because_of=['b'])))
        tree = self.trace('a')
        self.assertEqual((tree['id'], self.names(tree['answers'], 'answers')), ('a2', [('b', [('c', [])])]))
        self.assertEqual(self.names(tree['because_of'], 'because_of'), [('b', [])])

    def test_deep(self):
        """a chain of two thousand answers is told whole"""
        events = [eased('e0', '2025-10-01')] + [eased(f'e{i}', '2025-10-01', because_of=[f'e{i - 1}']) for i in range(1, 2000)]
        self.done('record', self.file('deep.ndjson', *events))
        self.assertEqual(self.done('trace', 'e0').out.count('"id"'), 2000)
        self.assertEqual(self.done('trace', 'e1999', '--format', 'csv').out.count('\n'), 2001)

    def test_drawing(self):
        """for people the tree is drawn, and an event that hangs from elsewhere too says from where"""
        lines = self.done('trace', 'letter', '--format', 'table').out.splitlines()
        self.assertEqual([re.match(r'[ |`-]*\S+', line)[0] for line in lines],
                         ['letter.sent', '`- prisoners.released', '   |- flight.flown', '   |  `- statement.made', '   |     `- statement.made',
                          '   |- sanction.eased', '   `- sanction.eased', '      `- statement.made'])
        self.assertRegex(lines[3], r'C says nobody was freed\. \(withdrawn\) +rumour$')
        self.assertTrue(lines[5].endswith('gl11 + letter'), lines[5])
        self.assertTrue(lines[7].endswith('answer + gl11'), lines[7])
        above = self.done('trace', 'release', '--format', 'table').out
        self.assertRegex(above, r'^because of\n`- letter\.sent .* letter\n\nprisoners\.released ')


if __name__ == '__main__':
    main()
