#!/usr/bin/env python3
"""write_one_event_test.py BINARY: what `chancery add`, `correct`, `retract` and `source` promise."""
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import USAGE, ProgramTest, main, release

UUID7 = re.compile(r'[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')


class WritingTest(ProgramTest):
    def add(self, *words, **options):
        """What an `add` would record."""
        return json.loads(self.done('add', '--dry-run', *words, **options).out)

    def not_added(self, *words):
        return self.refused('add', '--dry-run', *words)

    def recorded(self, *lines):
        self.done('record', self.file('given', *lines))

    def write(self, *arguments, **options):
        """Runs what records one event, and gives that event."""
        return self.event(self.done(*arguments, **options).rows[0]['id'])


class Add(WritingTest):
    def test_the_readme_example(self):
        """names are those of the envelope, else of the payload; text is text, JSON is JSON, and lists take one value"""
        self.recorded({'id': 'minsk/letter', 'type': 'letter.sent', 'occurred': '2025-08', 'data': {'from': 'state:USA', 'to': 'state:BLR'}})
        event = self.add('prisoners.released', 'holder=state:BLR', 'count=52', 'occurred=2025-09-11', 'because_of=minsk/letter',
                         'sources=https://example.org/minsk', 'id=minsk/release')
        self.assertEqual(event, {'id': 'minsk/release', 'stream': 'state:BLR', 'type': 'prisoners.released', 'occurred': '2025-09-11',
                                 'data': {'holder': 'state:BLR', 'count': 52}, 'sources': [{'url': 'https://example.org/minsk'}],
                                 'because_of': ['minsk/letter']})
        ran = self.done('add', 'prisoners.released', 'holder=state:BLR', 'count=52', 'occurred=2025-09-11', 'because_of=minsk/letter')
        self.assertEqual(list(ran.rows[0]), ['position', 'id', 'stream', 'revision', 'new'])
        self.assertEqual(self.event('pos:2')['because_of'], ['minsk/letter'])

    def test_text_stays_text(self):
        """what looks like a number, a word of JSON or a broken list stays text in a text field"""
        event = self.add('flight.flown', 'from=52', 'to=true', 'occurred=2025', 'summary=[sic] 1.0', 'coding.cameo=0841', 'place={here', 'tags=7')
        self.assertEqual((event['data'], event['summary'], event['coding'], event['place'], event['tags']),
                         ({'from': '52', 'to': 'true'}, '[sic] 1.0', {'cameo': '0841'}, '{here', ['7']))

    def test_json(self):
        """a list or an object is JSON everywhere, and what is no text must be JSON"""
        event = self.add('prisoners.estimated', 'holder=state:BLR', 'count=[1300, 1400]', 'occurred=2025-09', 'coding.goldstein=7.0', 'coding.quad=1',
                         'actor={"party":"person:a","on_behalf_of":"state:USA"}', 'recipient=state:USA', 'sources=[{"url":"u","official":true},"v"]',
                         'ext={"a":1.0}')
        self.assertEqual(event['data']['count'], [1300, 1400])
        self.assertEqual(event['actor'], [{'party': 'person:a', 'on_behalf_of': 'state:USA'}])
        self.assertEqual(event['sources'], [{'url': 'u', 'official': True}, {'url': 'v'}])
        out = self.done('add', '--dry-run', 'call.held', 'participants=["person:a"]', 'occurred=2025', 'coding.goldstein=7.0', 'ext={"a":1.0}').out
        self.assertIn('"goldstein":7.0', out)
        self.assertIn('"a":1.0', out)
        self.assertIn('count: found "about 50"; allowed: JSON', self.not_added('prisoners.estimated', 'count=about 50', 'occurred=2025'))
        self.assertIn('coding: found "CONSULT"; allowed: a JSON object, or its parts', self.not_added('call.held', 'coding=CONSULT'))

    def test_twice_is_a_list(self):
        """a field given twice is a list"""
        event = self.add('call.held', 'participants=person:a', 'occurred=2025', 'participants=person:b', 'tags=x', 'tags=y')
        self.assertEqual((event['data']['participants'], event['tags']), (['person:a', 'person:b'], ['x', 'y']))
        self.assertIn('data.holder: found a list', self.not_added('prisoners.released', 'holder=state:BLR', 'holder=state:USA', 'occurred=2025'))

    def test_parts(self):
        """a part of an object is named with a dot"""
        event = self.add('prisoners.released', 'holder=state:BLR', 'count=52', 'occurred=2025', 'place.country=BLR', 'place=Minsk', 'ext.a.b=1',
                         'ext.note=hello', 'nationalities.LTU=6', 'nationalities.POL=[2,3]', 'sources.url=u', 'sources.grade=A1', 'actor.party=state:BLR',
                         'actor.role=host', 'data.mode=pardon')
        self.assertEqual(event['place'], {'name': 'Minsk', 'country': 'BLR'})
        self.assertEqual(event['ext'], {'a': {'b': 1}, 'note': 'hello'})
        self.assertEqual(event['data'], {'holder': 'state:BLR', 'count': 52, 'nationalities': {'LTU': 6, 'POL': [2, 3]}, 'mode': 'pardon'})
        self.assertEqual((event['sources'], event['actor']), ([{'url': 'u', 'grade': 'A1'}], [{'party': 'state:BLR', 'role': 'host'}]))
        observed = self.add('action.observed', 'text=words', 'occurred=2025', 'coding.plover=CONSULT', 'score=0.5', 'feed=gdelt', 'data.tags=1')
        self.assertEqual(observed['data'], {'text': 'words', 'score': 0.5, 'feed': 'gdelt', 'tags': 1})

    def test_unknown(self):
        """an unknown field, part or type is refused, and a near one is named"""
        self.assertRegex(self.not_added('prisoners.released', 'hodler=state:BLR'), r'^hodler: found an unknown field; allowed: holder is near; all: ')
        self.assertRegex(self.not_added('prisoners.released', 'sumary=x'), r'^sumary: found an unknown field; allowed: summary is near')
        self.assertRegex(self.not_added('prisoners.released', 'place.town=x'), r'^place\.town: found an unknown part')
        self.assertRegex(self.not_added('prisoners.released', 'holder.name=x'), r'^holder\.name: found an unknown part')
        self.assertRegex(self.not_added('prisoner.released', 'count=1'), r'^TYPE: found "prisoner\.released"; allowed: prisoners\.released is near')
        self.assertIn('recorded_by: found', self.not_added('call.held', 'participants=person:a', 'occurred=2025', 'recorded_by=me'))
        self.assertIn('nothing after the =', self.not_added('call.held', 'tags='))

    def test_reader_rules(self):
        """all rules for events hold: a bad value is refused by its field, and nothing is recorded"""
        self.assertRegex(self.refused('add', 'prisoners.released', 'holder=Belarus', 'count=1', 'occurred=2025'), r'^data\.holder: found "Belarus"')
        self.assertRegex(self.refused('add', 'prisoners.released', 'holder=state:BLR', 'count=1'), r'^occurred: found nothing')
        self.assertRegex(self.refused('add', 'call.held', 'participants=person:a', 'occurred=2025', 'because_of=nothing'), r'^because_of\[0\]: ')
        self.assertRegex(self.refused('add', 'call.held', b'participants=person:\xff', 'occurred=2025'), r'^participants: found a byte that is not UTF-8')
        self.assertFalse(self.ledger.exists())

    def test_usage(self):
        """a word without = and a missing type are wrong usage"""
        self.refused('add', code=USAGE)
        self.refused('add', 'call.held', code=USAGE)
        self.assertIn('allowed: FIELD=VALUE', self.refused('add', 'call.held', 'occurred', code=USAGE))
        self.refused('add', 'call.held', '=x', code=USAGE)

    def test_dry_run(self):
        """--dry-run prints the event as it would be recorded, and makes no ledger"""
        words = 'prisoners.released', 'holder=state:BLR', 'count=52', 'occurred=2025'
        self.assertEqual(self.add(*words, '--zone', 'Europe/Minsk', '--visibility', 'partner')['zone'], 'Europe/Minsk')
        self.assertFalse(self.ledger.exists())
        line = self.done('add', '--dry-run', *words).out
        self.done('record', '-', stdin=line.encode())
        self.assertFalse(self.done('add', *words).rows[0]['new'], 'the same event twice')

    def test_options(self):
        """--visibility and --as are those of the new event, --zone is written in only where it is given"""
        words = 'call.held', 'participants=person:a'
        event = self.write('add', *words, 'occurred=2024', '--visibility', 'restricted', '--as', 'desk', '--zone', 'Europe/Minsk',
                           env={'CHANCERY_AS': 'x'})
        self.assertEqual((event['visibility'], event['recorded_by'], event['zone']), ('restricted', 'desk', 'Europe/Minsk'))
        event = self.write('add', *words, 'occurred=2025', env={'CHANCERY_AS': 'desk-1', 'CHANCERY_ZONE': 'Europe/Minsk'})
        self.assertEqual((event.get('visibility'), event['recorded_by'], event.get('zone')), (None, 'desk-1', None))
        self.assertIn('--visibility: found "secret"', self.refused('add', *words, 'occurred=2025', '--visibility', 'secret'))


class Correct(WritingTest):
    GIVEN = {'id': 'a', 'stream': 'own', 'type': 'prisoners.released', 'occurred': '2025-09-11', 'zone': 'Europe/Minsk', 'place': 'Minsk',
             'data': {'holder': 'state:BLR', 'count': 52, 'mode': 'pardon'}, 'coding': {'goldstein': 7.0}, 'sources': ['u', 'v'],
             'visibility': 'partner', 'tags': ['x'], 'ext': {'kept': 1e2}}

    def setUp(self):
        super().setUp()
        self.recorded(self.GIVEN)

    def test_correct(self):
        """the event is recorded again whole, with the changes, a UUIDv7, its stream, sources and visibility"""
        event = self.write('correct', 'a', 'count=51')
        self.assertRegex(event['id'], UUID7)
        self.assertEqual(event['corrects'], 'a')
        for name in ('stream', 'occurred', 'zone', 'place', 'coding', 'visibility', 'tags', 'ext'):
            self.assertEqual(event[name], self.GIVEN[name])
        self.assertEqual(event['sources'], [{'url': 'u'}, {'url': 'v'}])
        self.assertEqual(event['data'], {'holder': 'state:BLR', 'count': 51, 'mode': 'pardon'})

    def test_numbers_as_written(self):
        """numbers that are not changed stay as they were written"""
        (self.folder / 'exact').write_text('{"id":"e","type":"call.held","occurred":"2025","data":{"participants":"person:a"},'
                                           '"coding":{"goldstein":7.00},"ext":{"n":1.50e1}}\n')
        self.done('record', 'exact')
        out = self.done('correct', '--dry-run', 'e', 'occurred=2024').out
        self.assertIn('"goldstein":7.00', out)
        self.assertIn('"n":1.50e1', out)

    def test_removing(self):
        """FIELD= removes a field or a part of one, and a required one cannot be removed"""
        event = self.write('correct', 'a', 'mode=', 'tags=', 'zone=', 'ext.kept=', 'data.count=[50,52]', 'place.country=BLR')
        self.assertEqual(event['data'], {'holder': 'state:BLR', 'count': [50, 52]})
        self.assertEqual(event['place'], {'name': 'Minsk', 'country': 'BLR'})
        for name in ('tags', 'zone', 'ext'):
            self.assertNotIn(name, event)
        self.assertRegex(self.refused('correct', 'a', 'holder='), r'(?m)^data\.holder: found nothing')
        self.assertRegex(self.refused('correct', 'a', 'hodler='), r'(?m)^hodler: found an unknown field')

    def test_live_event(self):
        """the live event of the chain is corrected, whichever of the chain is named, by id or pos:N"""
        first = self.write('correct', 'a', 'count=51')
        second = self.write('correct', 'pos:1', 'mode=exchange')
        self.assertEqual(second['corrects'], first['id'])
        self.assertEqual(second['data'], {'holder': 'state:BLR', 'count': 51, 'mode': 'exchange'})

    def test_nothing_live(self):
        """where nothing of the chain is live, the retraction that withdrew it is named"""
        retraction = self.done('retract', 'a', '--reason', 'wrong').rows[0]['id']
        self.assertIn(f'withdrawn by "{retraction}"', self.refused('correct', 'a', 'count=51'))
        self.assertRegex(self.refused('correct', retraction, 'reason=x'), r'^ID: found .* a record\.retracted; allowed: an action')
        self.done('retract', retraction, '--reason', 'right after all')
        self.done('correct', 'a', 'count=51')

    def test_type(self):
        """a correction may be of another type, and what that has no field for must be removed"""
        self.assertRegex(self.refused('correct', 'a', 'type=prisoners.detained'), r'^data\.mode: found an unknown field')
        event = self.write('correct', 'a', 'type=prisoners.detained', 'mode=', 'grounds=unknown', 'coding=')
        self.assertEqual((event['type'], event['data']), ('prisoners.detained', {'holder': 'state:BLR', 'count': 52, 'grounds': 'unknown'}))

    def test_options(self):
        """--visibility alone is a correction, an id can be given, and one that changes nothing is refused"""
        self.assertEqual(self.write('correct', 'a', '--visibility', 'restricted', 'id=a2')['visibility'], 'restricted')
        self.assertEqual(self.event('a2')['corrects'], 'a')
        self.assertRegex(self.refused('correct', 'a', 'count=52'), r'nothing that changes a2')
        self.refused('correct', 'a')
        self.refused('correct', code=USAGE)

    def test_said_again(self):
        """the same correction can be said again after it was undone"""
        first = self.done('correct', 'a', 'count=51').rows[0]
        self.done('retract', first['id'], '--reason', 'doubt')
        self.assertTrue(self.done('correct', 'a', 'count=51').rows[0]['new'])

    def test_not_found(self):
        """an id or a position that is not there is refused"""
        for name in ('nothing', 'pos:2', 'pos:0'):
            self.assertRegex(self.refused('correct', name, 'count=1'), r'^ID: found "' + name)
        self.assertRegex(self.refused('correct', 'pos:x', 'count=1'), r'^ID: ')

    def test_no_ledger(self):
        """where there is no ledger, none is made"""
        self.assertIn('ledger: found', self.refused('correct', 'a', 'count=1', ledger=self.folder / 'other'))
        self.assertFalse((self.folder / 'other').exists())


class Retract(WritingTest):
    def setUp(self):
        super().setUp()
        self.recorded(release('a', stream='own'))

    def test_retract(self):
        """a retraction has a UUIDv7, the reason, and the stream of what it withdraws"""
        event = self.write('retract', 'pos:1', '--reason', '[sic]', 'tags=doubt', '--visibility', 'partner', '--as', 'desk')
        self.assertRegex(event['id'], UUID7)
        self.assertEqual((event['type'], event['retracts'], event['data'], event['stream'], event['tags'], event['visibility'], event['recorded_by']),
                         ('record.retracted', 'a', {'reason': '[sic]'}, 'own', ['doubt'], 'partner', 'desk'))

    def test_only_what_stands(self):
        """only what stands is withdrawn; a retraction can be withdrawn too"""
        first = self.done('retract', 'a', '--reason', 'wrong').rows[0]['id']
        self.assertIn(f'withdrawn by "{first}"', self.refused('retract', 'a', '--reason', 'wrong'))
        self.done('retract', first, '--reason', 'right after all')
        self.assertTrue(self.done('retract', 'a', '--reason', 'wrong').rows[0]['new'])

    def test_usage(self):
        """a reason is needed, and must say something"""
        self.refused('retract', 'a', code=USAGE)
        self.assertRegex(self.refused('retract', 'a', '--reason', ''), r'^data\.reason: found')
        self.assertEqual(len(self.events()), 1)


class SourceOf(WritingTest):
    def setUp(self):
        super().setUp()
        self.recorded(release('a', visibility='public'))

    def test_source(self):
        """a source has a UUIDv7 and a visibility of its own, and its texts are text"""
        event = self.write('source', 'a', '--url', 'https://example.org', '--title', '{"a":1}', '--publisher', 'P', '--published', '2025-09',
                           '--retrieved', '2025-10-01', '--sha256', 'ab', '--quote', '[52]', '--grade', 'A1', '--official', '--note', '1',
                           '--visibility', 'restricted')
        self.assertRegex(event['id'], UUID7)
        self.assertEqual(event['sources'], [{'url': 'https://example.org', 'title': '{"a":1}', 'publisher': 'P', 'published': '2025-09',
                                             'retrieved': '2025-10-01', 'sha256': 'ab', 'quote': '[52]', 'grade': 'A1', 'official': True}])
        self.assertEqual((event['type'], event['supports'], event['data'], event['visibility'], event['stream']),
                         ('record.sourced', 'a', {'note': '1'}, 'restricted', 'state:BLR'))

    def test_rules(self):
        """a source without anything in it, a bad grade and an unknown event are refused"""
        self.assertRegex(self.refused('source', 'a'), r'^sources: found nothing')
        self.assertRegex(self.refused('source', 'a', '--url=', '--quote', 'x'), r'^--url: found nothing')
        self.assertRegex(self.refused('source', 'a', '--url', 'u', '--grade', 'Z9'), r'^sources\[0\]\.grade: found "Z9"')
        self.assertRegex(self.refused('source', 'b', '--url', 'u'), r'^ID: found "b"')


class Contradictions(WritingTest):
    """What stands in its own place on the command line and a FIELD=VALUE do not say two things."""

    def setUp(self):
        super().setUp()
        self.recorded(release('a'), release('b', visibility='partner'))

    def contradicts(self, *words):
        before = len(self.events())
        said = self.refused(*words, code=USAGE)
        self.assertEqual(len(self.events()), before)
        return said

    def test_two_values_are_refused_and_both_are_named(self):
        retract, source = ('retract', 'a', '--reason', 'x'), ('source', 'a', '--note', 'n', '--url', 'u')
        for words, field, found in (((*retract, 'retracts=b'), 'retracts', '"b" beside ID "a"'), ((*retract, 'reason=y'), 'data.reason', '"y" beside --reason "x"'),
                                    ((*retract, 'data={"reason": "y"}'), 'data.reason', '"y" beside --reason "x"'),
                                    ((*retract, 'visibility=partner', '--visibility', 'public'), 'visibility', '"partner" beside --visibility "public"'),
                                    ((*source, 'supports=b'), 'supports', '"b" beside ID "a"'), ((*source, 'note=m'), 'data.note', '"m" beside --note "n"'),
                                    ((*source, 'sources.url=v'), 'sources.url', '"v" beside --url "u"'), ((*source, 'sources=v'), 'sources.url', '"v" beside --url "u"'),
                                    ((*source, '--official', 'sources.official=false'), 'sources.official', 'false beside --official true'),
                                    (('correct', 'a', 'count=1', 'corrects=b'), 'corrects', '"b" beside ID "a"'),
                                    (('correct', 'b', 'visibility=public', '--visibility', 'restricted'), 'visibility', '"public" beside --visibility "restricted"'),
                                    (('correct', 'b', 'visibility=', '--visibility', 'restricted'), 'visibility', 'nothing beside --visibility "restricted"'),
                                    (('add', 'call.held', 'participants=person:a', 'occurred=2025', 'visibility=partner', '--visibility', 'public'), 'visibility', '"partner" beside --visibility "public"'),
                                    (('add', 'call.held', 'participants=person:a', 'occurred=2025', 'type=meeting.held'), 'type', '"meeting.held" beside TYPE "call.held"')):
            self.assertRegex(self.contradicts(*words), rf'(?m)^{re.escape(field)}: found {re.escape(found)}; allowed: ')
        self.assertRegex(self.contradicts(*source, 'sources=v', 'sources=w'), r'^sources: found a part of a list of 2')

    def test_the_same_twice_is_said_once(self):
        event = self.write('retract', 'pos:1', '--reason', 'x', 'retracts=a', 'reason=x', 'visibility=partner', '--visibility', 'partner')
        self.assertEqual((event['retracts'], event['data'], event['visibility']), ('a', {'reason': 'x'}, 'partner'))
        event = self.write('source', 'b', '--url', 'u', 'sources.url=u', 'sources.title=t', 'supports=b', '--official', 'sources.official=true')
        self.assertEqual(event['sources'], [{'url': 'u', 'title': 't', 'official': True}])
        self.assertEqual(self.write('source', 'b', 'sources={"url": "u"}', '--title', 't')['sources'], [{'url': 'u', 'title': 't'}])
        first = self.write('correct', 'b', 'count=1', 'corrects=b', 'visibility=restricted', '--visibility', 'restricted')
        # What a correction says of the event before it is not what was typed.
        self.assertEqual(self.write('correct', 'b', 'count=2', '--visibility', 'restricted')['corrects'], first['id'])


class Help(ProgramTest):
    def test_help(self):
        """the help of each command teaches by an example"""
        for command in ('init', 'record', 'add', 'correct', 'retract', 'source'):
            self.assertRegex(self.done(command, '--help').out, rf'Examples:\n +chancery .*{command}')


if __name__ == '__main__':
    main()
