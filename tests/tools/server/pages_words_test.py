#!/usr/bin/env python3
"""What pages say of events and rows: as much as the commands, in the same words, and nothing that is not so."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from pages import PagesTest
from program import main, release
from small_affair import event


class Words(PagesTest):
    def test_ranges_and_open_ends_are_told_as_such(self):
        self.record(event('many', 'prisoners.estimated', '2025-09~', {'holder': 'state:BLR', 'count': [1300, None], 'claimed_by': 'org:x'}),
                    event('some', 'prisoners.detained', '2025-10', {'holder': 'state:LTU', 'count': [1246, 1246], 'nationalities': {'LTU': [1, 2]}}))
        self.says('/v1/events/many', 'count1,300 or more')
        self.says('/v1/events/some', '1,246', 'LTU: 1 to 2')
        self.says('/v1/events?type=prisoners.estimated', 'count: 1,300 or more')
        page = self.says('/v1/views/estimates', 'count: 1,300 or more', 'about September 2025')
        self.assertNotIn('high', page.text)

    def test_times_are_those_of_the_zone_and_say_so(self):
        self.says('/v1/events/release?zone=Europe/Minsk', '11 September 2025', '15 September 2025, 05:00 in Europe/Minsk')
        self.says('/v1/views/sanctions?at=2025-09-11&zone=Europe/Minsk', 'so at the end of 11 September 2025 in Europe/Minsk', '11 September 2025, 19:00')
        self.says('/v1/views/sanctions?at=2025-09-11', 'so at the end of 11 September 2025 in UTC')
        self.says('/v1/views/sanctions?at=2035-09-11T10:00Z', 'so just before 11 September 2035, 10:01 in UTC')
        self.says('/v1/views/sanctions', 'so now', 'Now is ')
        self.says('/v1/views/sanctions?known=pos:9', 'at position 9 (the last event seen by then was recorded 15 September 2025, 09:00 in UTC)')

    def test_an_hour_that_comes_twice_is_told_apart(self):
        def eased(id, occurred, measure):
            return event(id, 'sanction.eased', occurred, {'measure': measure, 'permits': ['aircraft-parts'], 'instrument': id}, actor='state:USA', recipient='state:BLR')
        self.record(eased('before', '2025-10-26T00:30Z', 'usa/b'), eased('after', '2025-10-26T01:30Z', 'usa/a'), eased('day', '2025-11-02T05:00Z', 'usa/d'))
        for measure, zone, told in (('usa/b', 'Europe/Berlin', '26 October 2025, 02:30 (UTC+02:00)'), ('usa/a', 'Europe/Berlin', '26 October 2025, 02:30 (UTC+01:00)'),
                                    ('usa/b', 'Europe/Minsk', '26 October 2025, 03:30'), ('usa/d', 'America/Havana', '2 November 2025, 00:00 (UTC-05:00)')):
            page = self.says(f'/v1/views/sanctions/timeline?key={measure}&zone={zone}', told)
            self.assertEqual('(UTC' in page.text, '(UTC' in told)
        self.says('/v1/views/sanctions?at=2025-10-26T00:59Z&zone=Europe/Berlin', 'so just before 26 October 2025, 02:00 (UTC+01:00) in Europe/Berlin')

    def test_events_that_are_too_many_for_a_row_are_all_behind_a_link(self):
        ids = [f'r{number}' for number in range(25)]
        self.record(*[release(id, 2, occurred='2025-12-01') for id in ids])
        key = 'prefix=state:BLR'
        for path in (f'/v1/views/prisoners?{key}', '/v1/views/prisoners/timeline?key=state:BLR', '/v1/views/prisoners/history?key=state:BLR',
                     '/v1/views/prisoners/diff?at=2025-11..2026', '/v1/views/prisoners/diff?known=pos:12..now'):
            _, page = self.page(path)
            rest = [url for text, url in page.links.items() if text.endswith(' more events')]
            self.assertEqual(len(rest) > 0, True, (path, page.text))
            whole = self.page(rest[-1])[1]
            for id in ids:
                self.assertIn(id, whole.links, (path, rest))
            self.assertFalse([text for text in whole.links if text.endswith(' more events')], rest)

    def test_the_time_of_a_hidden_event_is_not_told(self):
        page = self.says('/v1/views/sanctions?known=pos:6', 'recorded 15 September 2025, 05:00 in UTC', role='reader')
        self.assertNotIn('06:00', page.text)

    def test_no_page_names_a_party_by_what_its_reader_does_not_see(self):
        self.record(event('name', 'party.described', '2025', {'party': 'state:USA', 'name': 'The hidden name'}, visibility='restricted'))
        paths = ('/v1/events/gl11', '/v1/views/sanctions', '/v1/views/missions', '/v1/events/release/trace', '/v1/events', '/v1/views/sanctions/history?key=usa/belavia')
        self.assertIn('The hidden name (state:USA)', self.page('/v1/events/gl11')[1].text)
        for path in paths:
            self.assertNotIn('hidden name', self.page(path, 'reader')[1].text, path)
            self.assertNotIn('hidden name', self.page(path + ('&' if '?' in path else '?') + 'visibility=public')[1].text, path)

    def test_a_party_is_called_by_its_name_in_keys_too_and_the_key_stays(self):
        self.record(event('name', 'party.described', '2025', {'party': 'person:x', 'name': 'The Name'}), event('held', 'prisoners.detained', '2025', {'holder': 'state:BLR', 'persons': ['person:x']}))
        self.says('/v1/views/prisoners', 'The Name (state:BLR/person:x)', 'The Name (person:x)')
        self.says('/v1/views/parties', 'The Name (person:x)')
        self.assertNotIn('The Name', self.page('/v1/views/prisoners?known=pos:12')[1].text)

    def test_a_measure_that_was_lifted_is_not_said_to_be_lifted_since_it_began(self):
        self.record(event('i', 'sanction.imposed', '2023-08-09', {'measure': 'usa/x', 'target': ['state:BLR'], 'restrictions': ['dealings']}),
                    event('l', 'sanction.lifted', '2025-11-04', {'measure': 'usa/x'}))
        page = self.says('/v1/views/sanctions?prefix=usa/x', '4 November 2025', 'status: lifted', 'measure began: 9 August 2023')
        self.assertNotIn('since', page.text.split('what is so')[1])

    def test_a_log_says_what_no_longer_stands_or_is_disputed(self):
        page = self.says('/v1/events?order=newest', 'withdrawn by withdrawal', 'corrected by flight2', '15 September 2025, 03:00')
        self.assertNotIn('disputed by rumour', page.text)
        self.says('/v1/events?order=newest&known=pos:9', 'disputed by rumour')

    def test_an_event_says_why_it_does_not_stand_and_since_when(self):
        self.says('/v1/events/rumour', 'no: withdrawn by withdrawal: invented', 'on 2025-09-15 10:00 (UTC)')
        self.says('/v1/events/flight', 'no: replaced by flight2')
        self.says('/v1/events/rumour?known=pos:9', 'standsyes', 'as known at position 9')

    def test_doubt_about_a_date_is_told_in_words(self):
        self.record(event('doubtful', 'prisoners.detained', '2006?', {'holder': 'state:LTU', 'count': 1}), event('spring', 'prisoners.detained', '2025-21', {'holder': 'state:LVA', 'count': 1}))
        self.says('/v1/events', 'perhaps 2006', 'spring 2025', 'about September 2025')
        self.says('/v1/views/prisoners/timeline?key=state:LTU', '(not certain)')
        self.says('/v1/views/prisoners/history?key=state:LTU', '(not certain)')
        self.says('/v1/views/prisoners/timeline?key=state:LVA', '(not certain until the end of 31 May 2025)')

    def test_all_evidence_is_shown_and_who_added_it(self):
        source = {'url': 'https://example.org/x', 'title': 'Title', 'published': '2025-09-12', 'retrieved': '2025-10-01', 'sha256': 'a' * 64, 'official': True, 'quote': 'one\ntwo', 'grade': 'C3'}
        self.record(release('sourced', sources=[source]))
        page = self.says('/v1/events/sourced', 'Title, 12 September 2025', 'https://example.org/x', 'C3: fairly reliable, possibly true', 'official', 'read 1 October 2025', 'a' * 64, 'one\ntwo')
        self.assertEqual(page.links['https://example.org/x'], 'https://example.org/x')
        self.says('/v1/events/release', 'https://example.org/second', 'added by more', 'B2: usually reliable, probably true')

    def test_a_link_in_data_leads_to_the_web_or_nowhere(self):
        urls = ('//evil.example/x', '/v1/events', 'javascript:alert(1)', 'data:text/html,x')
        self.record(release('x', sources=[{'url': url, 'title': 'T' + str(number)} for number, url in enumerate(urls)]))
        _, page = self.page('/v1/events/x')
        for url in urls:
            self.assertIn(url, page.text)
            self.assertNotIn(url, page.links)

    def test_recorded_text_is_not_altered(self):
        self.record(event('o', 'action.observed', '2025', {'text': 'x', 'at': '2025-09-11T00:00:00Z'}, coding={'quad': 1}))
        self.says('/v1/events/o', '2025-09-11T00:00:00Z')

    def test_numbers_are_plain_and_names_are_words(self):
        self.record(event('at', 'meeting.held', '2025', {'participants': ['person:a']}, actor=[{'party': 'person:a', 'on_behalf_of': 'state:BLR'}], recipient='state:USA', place={'name': 'Minsk', 'lat': 53.9, 'lon': 27.56}))
        self.says('/v1/events/at', 'lat: 53.9', 'person:a for state:BLR')
        page = self.says('/v1/views/relations', 'goldstein: ', 'verbal cooperation: ')
        self.assertNotIn('tenths', page.text)

    def test_a_summary_of_blanks_makes_no_invisible_link(self):
        self.record(release('blank', summary=' \u3000 '))
        _, page = self.page('/v1/events?order=newest')
        self.assertEqual(page.links['blank'], '/v1/events/blank')

    def test_what_has_no_event_ran_out_and_what_has_no_end_is_open(self):
        self.record(event('i', 'sanction.imposed', '2023', {'measure': 'usa/x', 'target': ['state:BLR'], 'restrictions': ['dealings'], 'expires': '2024-01-31'}))
        page = self.says('/v1/views/sanctions?prefix=usa/x', 'no event: what was so before ran out by itself', 'open', 'expires: 31 January 2024')
        self.says('/v1/views/sanctions/history?key=usa/x', 'believed from', 'believed until', 'still')

    def test_an_end_at_midnight_is_told_as_the_end_of_the_day_before(self):
        self.record(event('i', 'sanction.imposed', '2023', {'measure': 'usa/x', 'target': ['state:BLR'], 'restrictions': ['dealings'], 'expires': '2024-01-31'}))
        path = '/v1/views/sanctions/timeline?key=usa/x'
        self.says(path, 'the end of 31 January 2024measure')
        self.says(path + '&zone=Europe/Minsk', '1 February 2024, 03:00measure')

    def test_the_time_of_a_commit_is_told_by_what_of_it_is_seen(self):
        self.record(release('seen', data={'holder': 'state:LTU', 'count': 1}), release('unseen', data={'holder': 'state:LVA', 'count': 1}, visibility='restricted'))
        when = self.get('/v1/events/seen', 'reader').json['event']['recorded_at']
        page = self.says('/v1/views/prisoners/history?key=state:LTU', 'position 14, ', role='reader')
        self.assertIn(when[11:16], page.text)

    def test_a_history_marks_what_differs_from_the_row_before(self):
        answer, _ = self.page('/v1/views/prisoners/timeline?key=state:BLR')
        self.assertNotIn(b'<mark>', answer.body)
        self.record(release('second', occurred='2025-10-01'))
        answer, _ = self.page('/v1/views/prisoners/timeline?key=state:BLR')
        self.assertIn(b'<mark><bdi>total released</bdi>', answer.body)
        self.assertNotIn(b'<mark><bdi>holder</bdi>', answer.body)

    def test_a_history_marks_neither_more_nor_less_than_what_differs(self):
        self.record(event('i', 'sanction.imposed', '2023-08-09', {'measure': 'usa/x', 'target': ['state:BLR'], 'restrictions': ['dealings'], 'programme': 'P'}),
                    event('again', 'sanction.imposed', '2024-08-09', {'measure': 'usa/x', 'target': ['state:BLR'], 'restrictions': ['asset-freeze']}),
                    event('l', 'sanction.lifted', '2025-11-04', {'measure': 'usa/x'}))
        answer, page = self.page('/v1/views/sanctions/timeline?key=usa/x')
        second, third = answer.body.decode().split('<tbody>')[1].split('</tr>')[1:3]
        self.assertIn('<mark><bdi>restrictions</bdi>: ', second)
        self.assertNotIn('<mark><bdi>status</bdi>', second)
        self.assertIn('<mark><bdi>status</bdi>: <bdi>lifted</bdi></mark>', third)
        self.assertIn('<mark>no longer: <bdi>restrictions</bdi></mark>', third)

    def test_a_difference_shows_what_differs(self):
        self.record(release('second', occurred='2025-10-01'))
        page = self.says('/v1/views/prisoners/diff?at=2025-09-30..2025-10-01', 'total released: ', 'second', 'Nothing.', 'between the end of 30 September 2025')
        self.assertNotIn('holder: ', page.text)
        self.assertIn('/v1/views/prisoners/history?key=state%3ABLR', page.links['history'])

    def test_a_difference_says_of_a_side_that_has_nothing_of_it_just_that(self):
        self.record(event('i', 'sanction.imposed', '2023', {'measure': 'usa/x', 'target': ['state:BLR'], 'restrictions': ['dealings']}),
                    event('p', 'sanction.eased', '2025', {'measure': 'usa/x', 'permits': ['food']}))
        page = self.says('/v1/views/sanctions/diff?at=2024..2025&prefix=usa/x', 'status: active', 'exemptions: foodstatus: eased')
        self.assertNotIn('since', page.text.split('What happened')[1])
        self.record(event('q', 'sanction.eased', '2026', {'measure': 'usa/x', 'lifts': [], 'permits': ['food'], 'until': '2026-05'}))
        page = self.says('/v1/views/sanctions/diff?at=2025..2026-03&prefix=usa/x', 'none of this')
        self.assertNotIn('no longer', page.text)


if __name__ == '__main__':
    main()
