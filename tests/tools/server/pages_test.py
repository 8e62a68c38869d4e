#!/usr/bin/env python3
"""Pages for people: the same answers, plain, without scripts, every one with its address for ever."""
import http.client
import pathlib
import socket
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from pages import CHROMIUM, FLAGS, PagesTest
from small_affair import event


class Pages(PagesTest):
    def test_a_browser_gets_a_page_of_every_resource_and_links_lead_on(self):
        seen, open_ = set(), ['/']
        while open_:
            path = open_.pop(0)
            if path in seen or len(seen) > 200:
                continue
            seen.add(path)
            answer, page = self.page(path)
            self.assertEqual(answer.status, 200, path)
            self.assertNotIn('', page.links, path)
            open_ += [link for text, link in page.links.items() if link.startswith('/') and not link.startswith('/login') and text != 'This answer, for ever']
        self.assertTrue({'/v1/views/sanctions', '/v1/events/release/trace', '/v1/streams/state%3ABLR', '/v1/events/release', '/v1/views/sanctions/history?key=usa%2Fbelavia'} <= seen, sorted(seen))

    def test_an_answer_has_its_address_for_ever(self):
        answer, page = self.page('/v1/views/sanctions?at=2025-12')
        pinned = page.links['This answer, for ever']
        again, same = self.page(pinned)
        self.assertIn('immutable', again.headers['Cache-Control'])
        self.record(release('later'))
        self.assertEqual(self.page(pinned)[0].body, again.body)
        self.assertIn('known=pos%3A12', pinned)

    def test_the_address_for_ever_is_written_out_with_the_host_so_that_paper_has_it(self):
        _, page = self.page('/v1/views/sanctions?at=2025-12')
        self.assertIn(f': {self.url}{page.links["This answer, for ever"]}', page.text)
        answer = self.get('/v1/events/release', Accept='text/html', Host='ledger.internal:80')
        self.assertIn('>http://ledger.internal:80/v1/events/release?', answer.body.decode())
        self.stop()
        self.start('--public-url', 'https://ledger.example.org')
        owner = http.client.HTTPConnection('localhost')
        owner.sock = socket.socket(socket.AF_UNIX)
        owner.sock.connect(str(self.ledger / 'socket'))
        answer = self.ask('GET', '/v1/events/release', None, connection=owner, Accept='text/html')
        owner.close()
        self.assertIn('>https://ledger.example.org/v1/events/release?', answer.body.decode())

    def test_every_answer_has_its_address_for_ever_on_the_page_and_in_its_headers(self):
        pages = {}
        for path in ('/v1/events?order=newest', '/v1/streams/state%3ABLR', '/v1/events/release', '/v1/events/release/trace', '/v1/views/prisoners',
                     '/v1/views/prisoners/timeline?key=state:BLR', '/v1/views/prisoners/history?key=state:BLR', '/v1/views/prisoners/diff?at=2025..now&known=pos:3..now'):
            answer, page = self.page(path)
            pinned = page.links['This answer, for ever']
            self.assertEqual((answer.headers['Content-Location'], answer.headers['Chancery-Position']), (pinned, '12'), path)
            self.assertIn('visibility=restricted', pinned)
            again, _ = self.page(pinned)
            self.assertIn('immutable', again.headers['Cache-Control'], pinned)
            pages[pinned] = again.body
        self.record(release('later', because_of=['release'], disputes=['release']))
        for pinned, body in pages.items():
            self.assertEqual(self.page(pinned)[0].body, body, pinned)

    def test_the_address_of_a_second_page_is_that_of_the_second_page(self):
        self.record(event('imposed', 'sanction.imposed', '2025', {'measure': 'usa/a', 'target': ['state:BLR'], 'restrictions': ['dealings']}))
        first, page = self.page('/v1/views/sanctions?limit=1')
        self.assertIn('usa/a', page.text)
        second, page = self.page(page.links['next page'])
        self.assertIn('usa/belavia', page.text)
        self.assertNotIn('next page', page.links)
        self.assertIn('after=usa%2Fa', page.links['This answer, for ever'])
        self.assertIn('usa/belavia', self.page(page.links['This answer, for ever'])[1].text)
        self.assertIn('usa/a', self.page(page.links['first page'])[1].text)

    def test_the_last_page_of_a_log_says_of_no_next_one(self):
        for order in ('oldest', 'newest', 'occurred'):
            path, pages = f'/v1/events?order={order}&limit=5', 0
            while path:
                _, page = self.page(path)
                path, pages = page.links.get('next page'), pages + 1
            self.assertEqual(pages, 2 if order == 'occurred' else 3, order)

    def test_a_page_is_kept_only_where_it_is_for_ever_the_same(self):
        for path, status in (('/', 200), ('/v1/views', 200), ('/v1/views/sanctions', 200), ('/v1/events/none', 404), ('/v1/nothing', 404), ('/v1/views/sanctions?at=x', 400)):
            answer, _ = self.page(path, status=status)
            self.assertEqual(answer.headers['Cache-Control'], 'no-store', path)
        self.assertIn('Accept', self.get('/v1/views').headers['Vary'])

    def test_what_was_known_then_leads_to_the_same_as_known_now(self):
        for path in ('/v1/events?order=newest', '/v1/events?before=9', '/v1/streams/letter?order=occurred', '/v1/events/release', '/v1/events/release/trace', '/v1/views/sanctions/timeline?key=usa/belavia&at=2026'):
            _, page = self.page(path)
            self.assertNotIn('as known now', page.links, path)
            _, page = self.page(path + ('&' if '?' in path else '?') + 'known=pos:11')
            _, same = self.page(page.links['as known now'])
            self.assertEqual(same.title, page.title.replace('as known at position 11', 'as known now'))
        _, page = self.page('/v1/views/sanctions?at=2025-12&known=pos:11&prefix=usa')
        self.assertEqual(self.page(page.links['the same now'])[1].title, 'sanctions: keys that begin with usa, so now, as known now, level restricted - Chancery')

    def test_pages_that_differ_have_tags_that_differ(self):
        path, pages = '/v1/views/sanctions?at=2026&known=pos:12', {}
        for headers in ({'Authorization': 'Bearer ' + self.tokens['recorder']}, {'Cookie': 'chancery_token=' + self.tokens['recorder']}, {'Cookie': 'chancery_token=' + self.tokens['reader']}):
            for accept in ('text/html', 'application/json'):
                answer = self.get(path, None, Accept=accept, **headers)
                self.assertEqual(pages.setdefault(answer.headers['ETag'], answer.body), answer.body)
        self.assertEqual(len(pages), 6)

    def test_what_is_for_ever_the_same_names_no_day_where_nothing_is_seen(self):
        _, page = self.page('/v1/views/sanctions?at=2026&known=pos:0')
        self.assertIn('known=pos%3A0..pos%3A0', page.links['what changed'])

    def test_the_time_that_was_asked_about_goes_along_to_a_key_and_back(self):
        _, page = self.page('/v1/views/sanctions?at=2025-12&zone=Europe/Minsk')
        for name in ('timeline', 'history'):
            self.assertIn('at=2025-12', page.links[name])
            there = self.says(page.links[name], 'so at the end of 31 December 2025 in Europe/Minsk')
            self.assertIn('at=2025-12', there.links['keys that begin so'])
            self.assertIn('at=2025-12', there.links['usa/belavia'])
            self.assertEqual(self.get(page.links[name]).json['rows'], self.get(f'/v1/views/sanctions/{name}?key=usa/belavia').json['rows'])
        self.assertIn('at=2025-12', self.page('/v1/views/sanctions/diff?at=2025-08..2025-12')[1].links['timeline'])
        for path in ('/v1/views/sanctions', '/v1/views/sanctions?at=now', '/v1/views/sanctions/diff?at=2025-08..now'):
            self.assertNotIn('at=', self.page(path)[1].links['timeline'])
        self.assertEqual(self.get('/v1/views/sanctions/timeline?key=usa/belavia&at=x').json['field'], 'at')

    def test_just_the_rows_that_hold_at_the_time_that_was_asked_about_are_marked(self):
        self.record(release('second', occurred='2025-10-01'))
        path = '/v1/views/prisoners/timeline?key=state:BLR'
        marked = lambda at: self.page(f'{path}&at={at}')[0].body.decode().split('<tbody>')[1].split('</tr>')
        for at, wanted in (('2025-09-10', [False, False]), ('2025-09-30', [True, False]), ('2025-10-01', [False, True])):
            self.assertEqual(['<mark>so at ' in row for row in marked(at)[:2]], wanted, at)

    def test_the_page_of_a_key_that_marks_a_time_is_for_ever_the_same_where_that_is_fixed(self):
        path = '/v1/views/sanctions/timeline?key=usa/belavia&known=pos:12'
        self.assertIn('immutable', self.get(path + '&at=2025-12').headers['Cache-Control'])
        answer, page = self.page(path + '&at=now')
        self.assertEqual(answer.headers['Cache-Control'], 'no-store')
        pinned = page.links['This answer, for ever']
        self.assertRegex(pinned, 'at=20[0-9-]+T')
        self.assertIn('immutable', self.page(pinned)[0].headers['Cache-Control'])

    def test_an_address_says_its_level_and_who_may_see_less_is_told_so(self):
        _, page = self.page('/v1/views/sanctions?at=2026')
        refused = self.says(page.links['This answer, for ever'], 'answer at a level above yours: you read at level public', role='reader', status=400)
        self.assertIn('Seen at level public', self.page(refused.links['The same at your level'], 'reader')[1].text)

    def test_level_and_zone_stay_from_link_to_link(self):
        seen, open_ = set(), ['/v1/views/sanctions?visibility=public&zone=Europe/Minsk&known=pos:12']
        while open_ and len(seen) < 60:
            path = open_.pop()
            if path in seen:
                continue
            seen.add(path)
            _, page = self.page(path)
            if path.startswith('/v1/') and 'Views' not in page.title:
                self.assertIn('Seen at level public', page.text, path)
                self.assertIn('Times are those of Europe/Minsk', page.text, path)
            open_ += [link for link in page.links.values() if link.startswith('/')]
        self.assertTrue(any(path.startswith('/v1/events/gl11?') and 'known=pos%3A12' in path for path in seen))

    def test_both_times_can_be_chosen(self):
        answer, page = self.page('/v1/views/sanctions?at=2025-12&known=pos:3')
        self.assertIn(b'name="at" value="2025-12"', answer.body)
        self.assertIn(b'name="known" value="pos:3"', answer.body)
        self.assertIn('No rows.', page.text)

    def test_what_every_page_links_to_is_there_however_small_a_page_may_be(self):
        self.stop()
        self.start('--rows', '2')
        _, front = self.page('/')
        for path in front.links.values():
            answer, _ = self.page(path)
            self.assertEqual(answer.status, 200, path)

    def test_a_form_whose_fields_are_blank_asks_for_all(self):
        _, whole = self.page('/v1/views/sanctions')
        self.assertNotIn('No rows.', whole.text)
        _, page = self.page('/v1/views/sanctions?at=&known=&zone=&prefix=&where=')
        self.assertIn('usa/belavia', page.text)
        _, page = self.page('/v1/events?type=&party=&tag=&grep=&since=&until=&order=')
        self.assertIn('Belarus frees 52.', page.text)
        answer, _ = self.page('/v1/views/sanctions?known=pos:12&where=status%3Deased&where=exemptions~aircraft-parts')
        self.assertEqual(answer.body.count(b'name="where"'), 3)
        self.assertIn(b'timeline?key=usa%2Fbelavia&amp;known=pos%3A12', answer.body)

    def test_each_condition_has_a_box_of_its_own_which_suggests_what_the_view_has(self):
        answer, page = self.page('/v1/views/licences')
        self.assertEqual(answer.body.count(b'name="where"'), 1)
        for suggested in (b'status=in_force', b'lifts~', b'measure='):
            self.assertIn(b'<option value="' + suggested + b'"', answer.body)
        _, page = self.page('/v1/views/sanctions?where=status%3Deased%2C+exemptions~aircraft-parts', status=400)
        self.assertIn('active, eased, suspended, lifted, expired', page.text)

    def test_an_event_has_its_links_sources_and_history(self):
        _, page = self.page('/v1/events/flight')
        self.assertEqual(page.links['flight2'], '/v1/events/flight2')
        _, page = self.page('/v1/events/release')
        for word in ('What *we* saw', 'The Paper', 'they are free', 'Belarus frees 52.'):
            self.assertIn(word, page.text)
        self.assertEqual(page.links['more'], '/v1/events/more')

    def test_what_is_recorded_is_text_and_never_markup(self):
        self.record(release('x', summary='<script>alert("1")</script> & \'more\'', sources=[{'url': 'javascript:alert(1)', 'title': '<b>'}]))
        for path in ('/v1/events/x', '/v1/events?order=newest', '/v1/views/prisoners?prefix=%22%3E%3Cscript%3E'):
            answer, page = self.page(path)
            self.assertNotIn(b'<script', answer.body)
            self.assertNotIn('javascript:alert(1)', page.links.values())
        self.assertIn("default-src 'none'", answer.headers['Content-Security-Policy'])

    def test_a_token_can_be_given_once_and_reads_only(self):
        _, page = self.page('/v1/events?zone=Europe/Minsk', None, 401)
        self.assertIn('You need an access token; ask whoever runs this ledger', page.text)
        self.assertEqual(page.links['Give a token'], '/login?back=%2Fv1%2Fevents%3Fzone%3DEurope%252FMinsk')
        answer, _ = self.page(page.links['Give a token'], None)
        self.assertIn(b'name="back" value="/v1/events?zone=Europe%2FMinsk"', answer.body)
        token = self.tokens['recorder']
        wrong = self.ask('POST', '/login', None, 'token=wrong', Content_Type='application/x-www-form-urlencoded')
        self.assertEqual(wrong.status, 401)
        right = self.ask('POST', '/login', None, urllib.parse.urlencode({'token': token}), Content_Type='application/x-www-form-urlencoded')
        self.assertEqual((right.status, right.headers['Location']), (303, '/'))
        self.assertIn('HttpOnly; SameSite=Strict', right.headers['Set-Cookie'])
        for back, to in (('/v1/events?zone=Europe%2FMinsk', '/v1/events?zone=Europe%2FMinsk'), ('//evil.example', '/'), ('https://evil.example', '/'), ('/\\evil.example', '/')):
            sent = urllib.parse.urlencode({'token': f' {token}\t', 'back': back}, safe='')
            there = self.ask('POST', '/login', None, sent.replace('%09', '+'), Content_Type='application/x-www-form-urlencoded')
            self.assertEqual((there.status, there.headers['Location']), (303, to))
        cookie = right.headers['Set-Cookie'].split(';')[0]
        self.assertEqual(self.get('/v1/events', None, Cookie=cookie).status, 200)
        self.assertEqual(self.ask('POST', '/v1/events', None, release('x'), Cookie=cookie).status, 401)
        self.assertIn(b'action="/logout"', self.get('/v1/events', None, Cookie=cookie, Accept='text/html').body)
        self.assertNotIn(b'action="/logout"', self.get('/v1/events', 'recorder', Accept='text/html').body)
        out = self.ask('POST', '/logout', None, '', Cookie=cookie, Content_Type='application/x-www-form-urlencoded')
        self.assertIn('chancery_token=; ', out.headers['Set-Cookie'])
        self.assertIn('Max-Age=0', out.headers['Set-Cookie'])

    def test_chromium_shows_and_prints_them(self):
        if not CHROMIUM:
            self.skipTest('chromium is not installed')
        self.stop()
        self.options = ('--open-reading', 'yes')
        self.start()
        shown = subprocess.run([CHROMIUM, *FLAGS, f'--user-data-dir={self.folder}/browser', '--dump-dom', self.url + '/v1/views/sanctions?at=2025-12'],
                               capture_output=True, timeout=120, text=True).stdout
        self.assertIn('usa/belavia', shown)
        subprocess.run([CHROMIUM, *FLAGS, f'--user-data-dir={self.folder}/browser', f'--print-to-pdf={self.folder}/page.pdf', self.url + '/v1/events/release'],
                       capture_output=True, timeout=120)
        self.assertTrue((self.folder / 'page.pdf').read_bytes().startswith(b'%PDF'))


if __name__ == '__main__':
    main()
