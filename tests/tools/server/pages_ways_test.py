#!/usr/bin/env python3
"""How people get on from page to page: forms that keep what was asked, errors that lead back, pages that fit paper and small screens."""
import pathlib
import re
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from pages import CHROMIUM, FLAGS, PagesTest
from program import main, release
from small_affair import event


class Ways(PagesTest):
    def fields(self, path, status=200):
        """The fields of the page's form, each with what stands in it."""
        body = self.page(path, status=status)[0].body.decode()
        # After the last condition there is room for another.
        found = dict(reversed(re.findall(r'<input name="([a-z_]+)" value="([^"]*)"', body)))
        for name, options in re.findall(r'<select name="([a-z]+)">(.*?)</select>', body):
            found[name] = re.search(r'value="([^"]*)" selected', options)[1]
        return found

    def test_a_form_keeps_every_part_of_the_question(self):
        level = {'visibility': 'partner'}
        asked = level | {'type': 'flight.*', 'party': 'state:BLR', 'tag': 'a', 'measure': 'usa/x', 'stream': 'letter', 'grep': 'x', 'since': '2025', 'until': '2026', 'causes': 'gl11',
                 'order': 'newest', 'known': 'pos:12', 'zone': 'Europe/Minsk', 'limit': '7'}
        self.assertEqual(self.fields('/v1/events?' + urllib.parse.urlencode(asked)), asked)
        asked = level | {'at': '2026', 'known': 'pos:12', 'zone': 'Europe/Minsk', 'prefix': 'usa', 'where': 'status=eased', 'limit': '7'}
        self.assertEqual(self.fields('/v1/views/sanctions?' + urllib.parse.urlencode(asked)), asked)
        asked['at'], asked['known'] = '2025..2026', 'pos:3..pos:12'
        self.assertEqual(self.fields('/v1/views/sanctions/diff?' + urllib.parse.urlencode(asked)), asked)
        asked = level | {'key': 'usa/belavia', 'at': '2026', 'known': 'pos:12', 'zone': 'Europe/Minsk'}
        self.assertEqual(self.fields('/v1/views/sanctions/history?' + urllib.parse.urlencode(asked)), asked)

    def test_a_page_about_several_bad_events_tells_what_is_wrong_with_each(self):
        answer = self.post('/v1/events', [release('a', count=-1), release('b', occurred='x'), 5], Accept='text/html')
        self.assertEqual((answer.status, answer.headers['Content-Type']), (400, 'text/html; charset=utf-8'))
        told = re.findall('<li>(.*?)</li>', answer.body.decode().split('<ul>')[1].split('</ul>')[0])
        self.assertEqual(len(told), 3)
        for one, field in zip(told, ('[0].data.count', '[1].occurred', '[2]')):
            self.assertTrue(re.sub('<[^>]*>', '', one).startswith(field + ': found '), one)

    def test_a_level_can_be_chosen_by_whoever_has_a_choice(self):
        for role, offered in (('recorder', ['public', 'partner', 'restricted']), ('partner', ['public', 'partner']), ('reader', [])):
            for path in ('/', '/v1/views', '/v1/events', '/v1/events/release', '/v1/views/sanctions', '/v1/views/sanctions/diff'):
                body = self.page(path, role)[0].body.decode()
                found = re.search('<select name="visibility">(.*?)</select>', body)
                self.assertEqual(re.findall('value="([a-z]+)"', found[1]) if found else [], offered, (role, path))

    def test_an_error_shows_the_form_as_it_was_sent_and_calls_its_field_as_it_does(self):
        self.assertEqual(self.fields('/v1/views/sanctions?at=yesterday&prefix=usa', 400)['at'], 'yesterday')
        page = self.says('/v1/views/sanctions?at=yesterday', 'so at: found "yesterday"', status=400)
        self.assertEqual(page.links['To the front page'], '/')
        self.assertEqual(self.fields('/v1/events?since=x&tag=a', 400)['tag'], 'a')

    def test_what_is_no_address_is_refused_on_a_page(self):
        for path in ('/v1/views/sanctions?prefix=%FF%FE', '/v1/events?grep=a%00'):
            self.assertIn('/', self.page(path, status=400)[1].links['To the front page'])

    def answered(self, sent):
        head, _, body = self.raw(sent).partition(b'\r\n\r\n')
        return int(head.split()[1]), re.search(b'Content-Type: ([a-z+/]+)', head)[1].decode(), body

    def test_a_request_that_cannot_be_read_is_refused_on_a_page_where_it_said_that_it_takes_one(self):
        begin, accept, long = b'GET / HTTP/1.1\r\nHost: x\r\n', b'Accept: text/html, */*;q=0.8\r\n', b'Cookie: ' + b'x' * 100_000 + b'\r\n'
        body = b'Content-Type: application/json\r\nAuthorization: Bearer ' + self.tokens['recorder'].encode() + b'\r\n'
        post = b'POST /v1/events HTTP/1.1\r\nHost: x\r\n'
        for status, told, after in ((431, begin, long + b'\r\n'), (400, begin, b'no header\r\n\r\n'), (400, begin, b'Host: y\r\n\r\n'), (505, b'GET / HTTP/7.0\r\n', b'\r\n'),
                                    (413, post, body + b'Content-Length: 1073741824\r\n\r\n'), (400, post, body + b'Transfer-Encoding: chunked\r\n\r\nzz\r\n'),
                                    (415, begin, b'Content-Encoding: gzip\r\n\r\n'), (400, b'GET /.. HTTP/1.1\r\nHost: x\r\n', b'\r\n')):
            if status != 505:
                found, kind, page = self.answered(told + accept + after)
                self.assertEqual((found, kind), (status, 'text/html'), (told, after[:50]))
                self.assertIn(b'To the front page', page)
            self.assertEqual(self.answered(told + after)[:2], (status, 'application/problem+json'), (told, after[:50]))
        # What comes behind the line that is too long is not looked at.
        self.assertEqual(self.answered(begin + long + accept + b'\r\n')[:2], (431, 'application/problem+json'))

    def test_blanks_around_a_date_say_nothing(self):
        self.says('/v1/views/sanctions?at=+2025-09-11+&known=+pos:12+', 'so at the end of 11 September 2025')
        self.assertEqual(self.get('/v1/events?since=+2025+&type=+flight.flown&limit=1+').status, 200)
        self.assertEqual(self.get('/v1/events?grep=+the+').json['events'][0]['id'], 'letter')

    def test_an_address_that_is_nearly_one_leads_to_the_right_one(self):
        for path, meant in (('/v1/events/minsk/release', '/v1/events/minsk%2Frelease'), ('/v1/views/sanctions/', '/v1/views/sanctions'), ('/v1/events/', '/v1/events'),
                            ('/v1/events/minsk/release/trace', '/v1/events/minsk%2Frelease/trace'), ('/v1/streams/minsk/trace', '/v1/streams/minsk%2Ftrace')):
            page = self.page(path, status=404)[1]
            self.assertEqual(page.links[meant], meant)

    def test_where_there_is_nothing_the_page_says_so(self):
        self.says('/v1/events?tag=nobody', 'No event matches.')
        self.says('/v1/views/sanctions?prefix=x', 'No rows.')
        self.says('/v1/views/prisoners/diff?at=now', 'Nothing.')
        self.says('/v1/views/prisoners/timeline?key=state:LTU', 'no event that is seen here says anything of this key')
        self.record(release('wrong', data={'holder': 'state:LVA', 'count': 1}), {'id': 'w', 'type': 'record.retracted', 'data': {'reason': 'x'}, 'retracts': 'wrong'})
        self.says('/v1/views/prisoners/timeline?key=state:LVA', 'no event that is seen here')
        self.record(release('wrong2', data={'holder': 'state:LVA', 'count': 1}))
        self.record({'id': 'w2', 'type': 'record.retracted', 'data': {'reason': 'x'}, 'retracts': 'wrong2'})
        page = self.says('/v1/views/prisoners/timeline?key=state:LVA', 'no longer stands; its history tells it')
        self.says(page.links['history'], 'believed until')

    def test_a_page_for_people_has_200_rows_unless_told(self):
        self.record(*[release(f'r{number}', data={'holder': 'state:BLR', 'persons': [f'person:p{number}'], 'count': 1}) for number in range(250)])
        for path in ('/v1/views/prisoners', '/v1/events'):
            answer, page = self.page(path)
            self.assertEqual(answer.body.count(b'</tr>\n'), 200, path)
            self.assertGreater(self.page(page.links['next page'])[0].body.count(b'</tr>\n'), 40)
            self.assertEqual(self.page(path + '?limit=220')[0].body.count(b'</tr>\n'), 220)

    def test_rows_of_all_pages_can_be_counted(self):
        self.record(event('imposed', 'sanction.imposed', '2025', {'measure': 'usa/a', 'target': ['state:BLR'], 'restrictions': ['dealings']}))
        self.says(self.page('/v1/views/sanctions?limit=1')[1].links['how many in all'], '2 rows')

    def test_paper_has_no_heading_over_what_is_not_printed(self):
        answer, _ = self.page('/')
        for over in re.findall(r'<h[23]([^>]*)>[^<]*</h[23]>\n<form', answer.body.decode()):
            self.assertEqual(over, ' class="asking"')
        self.assertRegex(answer.body.decode(), r'@media print\{[^@]*\.asking\{display:none\}')
        # A form that is laid out by its class would be printed although forms are not.
        self.assertRegex(self.page('/')[0].body.decode(), r'\.question\{display:flex.*@media print\{[^@]*form,\.question,[^@{]*\{display:none\}')

    def test_paper_says_what_was_asked_and_titles_differ(self):
        self.says('/v1/views/sanctions?prefix=usa&where=status%3Deased', 'Asked: keys that begin with usa; where status=eased.', 'Seen at level restricted')
        self.says('/v1/events?order=newest&party=state:BLR', 'newest first', 'party state:BLR')
        paths = ('/', '/v1/views', '/v1/events', '/v1/events?party=state:BLR', '/v1/events?type=flight.*', '/v1/streams/letter', '/v1/events/release', '/v1/events/release/trace', '/v1/views/prisoners', '/v1/views/prisoners/diff',
                 '/v1/views/prisoners/timeline?key=state:BLR', '/v1/views/prisoners/history?key=state:BLR', '/login')
        self.assertEqual(len({self.page(path)[1].title for path in paths}), len(paths))

    def test_title_and_heading_tell_what_a_page_shows(self):
        for path, title in (
                ('/v1/views/sanctions', 'sanctions, so now, as known now, level restricted - Chancery'),
                ('/v1/views/sanctions?at=2025-12&known=pos:11&prefix=usa&where=status%3Deased', 'sanctions: keys that begin with usa, where status=eased, so at the end of 31 December 2025 in UTC, as known at position 11, level restricted - Chancery'),
                ('/v1/views/sanctions/timeline?key=usa/belavia', 'sanctions: timeline of usa/belavia, as known now, level restricted - Chancery'),
                ('/v1/views/sanctions/history?key=usa/belavia&known=pos:11&visibility=public', 'sanctions: history of usa/belavia, as known at position 11, level public - Chancery'),
                ('/v1/views/sanctions/diff?at=2025-08..2025-12&known=pos:3..pos:11', 'sanctions: what changed, between the end of 31 August 2025, as known at position 3, and the end of 31 December 2025, as known at position 11, in UTC, level restricted - Chancery'),
                ('/v1/events', 'Log, oldest first, as known now, level restricted - Chancery'),
                ('/v1/events?before=9&party=state:BLR', 'Log: party state:BLR, newest first, as known now, level restricted, before position 9 - Chancery'),
                ('/v1/events?order=occurred', 'Log, as it happened, as known now, level restricted - Chancery'),
                ('/v1/streams/letter?order=newest&known=pos:11', 'Stream letter, newest first, as known at position 11, level restricted - Chancery'),
                ('/v1/events/release', 'release: Belarus frees 52., as known now, level restricted - Chancery'),
                ('/v1/events/release/trace', 'release: what led to it, and what followed, as known now, level restricted - Chancery'),
                ('/v1/views', 'Views, level restricted - Chancery')):
            answer, page = self.page(path)
            self.assertEqual(page.title, title)
            heading = re.sub('<[^>]*>', '', re.search('<h1>(.*?)</h1>', answer.body.decode())[1])
            self.assertEqual(re.sub('[ ,]', '', heading), re.sub('[ ,]', '', title.removesuffix(' - Chancery').replace('release: Belarus', 'Belarus')))

    def test_tables_and_ways_have_names_for_those_who_listen(self):
        answer, _ = self.page('/v1/views/sanctions')
        for part in (b'<html lang="en">', b'<main>', b'<nav aria-label="Chancery">', b'<th scope="col">key</th>', b'<th scope="row" data-title="key">'):
            self.assertIn(part, answer.body)
        for path in ('/', '/v1/views', '/v1/events', '/v1/views/sanctions/diff', '/login'):
            for field in re.findall('<(?:input name|select).*?>', self.page(path)[0].body.decode()):
                self.assertIn('<label>', self.page(path)[0].body.decode().split(field)[0].rsplit('</label>', 1)[-1], (path, field))

    def test_the_front_page_says_at_which_level_it_leads_on(self):
        self.says('/', 'You read as recorder; pages are shown at level restricted')
        page = self.says('/?visibility=public', 'pages are shown at level public')
        self.says(page.links['newest first'], 'Seen at level public')

    def test_a_trace_shows_what_led_to_an_event_and_what_followed(self):
        page = self.says('/v1/events/gl11/trace', 'What led to it', 'What followed', 'B praises A.')
        self.assertEqual(page.links['letter'], '/v1/events/letter')
        self.assertNotIn('B praises A', self.page('/v1/events/gl11/trace', 'reader')[1].text)

    def test_every_view_is_told_in_a_sentence_and_can_be_asked_at_another_time(self):
        answer, page = self.page('/v1/views')
        body = answer.body.decode()
        for view in self.get('/v1/views').json:
            self.assertRegex(body, f'<dt><a href="/v1/views/{view}">{view}</a></dt><dd>[A-Z]')
            self.assertIn(f'<button formaction="/v1/views/{view}">', body)

    def test_a_type_that_is_named_goes_before_any(self):
        for accept in ('text/html,*/*', '*/*, text/html'):
            self.assertIn('text/html', self.get('/v1/events', Accept=accept).headers['Content-Type'])
        self.assertEqual(self.get('/v1/events', Accept='*/*').headers['Content-Type'], 'application/json')
        self.assertEqual(self.get('/v1/events', Accept='text/html;q=0.5,*/*').headers['Content-Type'], 'application/json')

    def test_recorded_text_turns_nothing_around_it(self):
        self.record(release('bidi', summary='\u202eturned'))
        self.assertIn('<bdi>\u202eturned</bdi>'.encode(), self.page('/v1/events/bidi')[0].body)

    def test_nothing_runs_out_of_a_screen_however_small(self):
        if not CHROMIUM:
            self.skipTest('chromium is not installed')
        self.record(release('x' * 60, summary='y' * 200, sources=[{'url': 'https://example.org/' + 'z' * 300, 'title': 'T'}]))
        self.stop()
        self.options = ('--open-reading', 'yes')
        self.start()
        for number, (path, screen) in enumerate((('/v1/events?order=newest', 500), ('/v1/events?order=newest', 970), ('/v1/events/' + 'x' * 60, 500), ('/v1/views/sanctions', 500),
                                                 ('/v1/views/sanctions/history?key=usa/belavia', 970))):
            page = self.get(path, None, Accept='text/html').body.decode().replace('<style>', '<style>html{overflow:auto}')
            file = self.folder / f'{number}.html'
            # How wide the page is, measured by a script of the test's own in a copy.
            file.write_text(page.replace('</body>', '<script>document.title = "wide " + document.documentElement.scrollWidth + " of " + innerWidth</script></body>'))
            shown = subprocess.run([CHROMIUM, *FLAGS, f'--user-data-dir={self.folder}/browser', f'--window-size={screen},900', '--dump-dom', file.as_uri()], capture_output=True, timeout=120, text=True).stdout
            wide, room = map(int, re.search(r'wide (\d+) of (\d+)', shown).groups())
            self.assertLessEqual(wide, room, path)


if __name__ == '__main__':
    main()
