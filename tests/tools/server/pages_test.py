#!/usr/bin/env python3
"""Pages for people: the same answers, plain, without scripts, every one with its address for ever."""
import html.parser
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from served import ServedTest
from small_affair import with_recorded_at

CHROMIUM = shutil.which('chromium')
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']


class Page(html.parser.HTMLParser):
    """What links a page has, what text, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.links, self.text, self.open = {}, '', []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in ('meta', 'input', 'br'):
            self.open.append(tag)
        if tag == 'a':
            self.link = attributes['href']
        assert tag != 'script' and not any(name.startswith('on') for name in attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text += data
        if 'a' in self.open:
            self.links[data] = self.link


class Pages(ServedTest):
    def prepare(self):
        self.done('record', '--preserve-recorded-at', self.file('affair.ndjson', *with_recorded_at()))

    def page(self, path, role='recorder'):
        answer = self.get(path, role, Accept='text/html,application/xhtml+xml,*/*;q=0.8')
        self.assertTrue(answer.headers['Content-Type'].startswith('text/html'), path)
        page = Page(answer.body.decode())
        self.assertEqual(page.open, [], path)
        return answer, page

    def test_a_browser_gets_a_page_of_every_resource_and_links_lead_on(self):
        seen, open_ = set(), ['/']
        while open_:
            path = open_.pop()
            if path in seen or len(seen) > 150:
                continue
            seen.add(path)
            answer, page = self.page(path)
            self.assertEqual(answer.status, 200, path)
            open_ += [link for link in page.links.values() if link.startswith('/') and link != '/login']
        self.assertTrue({'/v1/views/sanctions', '/v1/events/release', '/v1/views/sanctions/history?key=usa%2Fbelavia'} <= seen, sorted(seen))

    def test_an_answer_has_its_address_for_ever(self):
        answer, page = self.page('/v1/views/sanctions?at=2025-12')
        pinned = page.links['This answer, for ever']
        again, same = self.page(pinned)
        self.assertIn('immutable', again.headers['Cache-Control'])
        self.record(release('later'))
        self.assertEqual(self.page(pinned)[0].body, again.body)
        self.assertIn('known=pos%3A12', pinned)

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
        self.assertEqual(answer.body.count(b'name="where"'), 2)
        self.assertIn(b'timeline?key=usa%2Fbelavia&amp;known=pos%3A12', answer.body)

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
        answer, page = self.page('/v1/events', None)
        self.assertEqual((answer.status, page.links['Give a token']), (401, '/login'))
        token = self.tokens['recorder']
        wrong = self.ask('POST', '/login', None, 'token=wrong', Content_Type='application/x-www-form-urlencoded')
        self.assertEqual(wrong.status, 401)
        right = self.ask('POST', '/login', None, urllib.parse.urlencode({'token': token}), Content_Type='application/x-www-form-urlencoded')
        self.assertEqual((right.status, right.headers['Location']), (303, '/'))
        self.assertIn('HttpOnly; SameSite=Strict', right.headers['Set-Cookie'])
        cookie = right.headers['Set-Cookie'].split(';')[0]
        self.assertEqual(self.get('/v1/events', None, Cookie=cookie).status, 200)
        self.assertEqual(self.ask('POST', '/v1/events', None, release('x'), Cookie=cookie).status, 401)

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
