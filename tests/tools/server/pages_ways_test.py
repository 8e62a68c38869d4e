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
        found = dict(re.findall(r'<input name="([a-z_]+)" value="([^"]*)"', body))
        for name, options in re.findall(r'<select name="([a-z]+)">(.*?)</select>', body):
            found[name] = re.search(r'value="([^"]*)" selected', options)[1]
        return found

    def test_a_form_keeps_every_part_of_the_question(self):
        asked = {'type': 'flight.*', 'party': 'state:BLR', 'tag': 'a', 'measure': 'usa/x', 'stream': 'letter', 'grep': 'x', 'since': '2025', 'until': '2026', 'causes': 'gl11',
                 'order': 'newest', 'known': 'pos:12', 'zone': 'Europe/Minsk', 'limit': '7'}
        self.assertEqual(self.fields('/v1/events?' + urllib.parse.urlencode(asked)), asked)
        asked = {'at': '2026', 'known': 'pos:12', 'zone': 'Europe/Minsk', 'prefix': 'usa', 'where': 'status=eased', 'limit': '7'}
        self.assertEqual(self.fields('/v1/views/sanctions?' + urllib.parse.urlencode(asked)), asked)

    def test_an_error_shows_the_form_as_it_was_sent_and_calls_its_field_as_it_does(self):
        self.assertEqual(self.fields('/v1/views/sanctions?at=yesterday&prefix=usa', 400)['at'], 'yesterday')
        page = self.says('/v1/views/sanctions?at=yesterday', 'so at: found "yesterday"', status=400)
        self.assertEqual(page.links['To the front page'], '/')
        self.assertEqual(self.fields('/v1/events?since=x&tag=a', 400)['tag'], 'a')

    def test_what_is_no_address_is_refused_on_a_page(self):
        for path in ('/v1/views/sanctions?prefix=%FF%FE', '/v1/events?grep=a%00'):
            self.assertIn('/', self.page(path, status=400)[1].links['To the front page'])

    def test_blanks_around_a_date_say_nothing(self):
        self.says('/v1/views/sanctions?at=+2025-09-11+&known=+pos:12+', 'What was so at the end of 11 September 2025')
        self.assertEqual(self.get('/v1/events?since=+2025+&type=+flight.flown&limit=1+').status, 200)
        self.assertEqual(self.get('/v1/events?grep=+the+').json['events'][0]['id'], 'letter')

    def test_an_address_that_is_nearly_one_leads_to_the_right_one(self):
        for path, meant in (('/v1/events/minsk/release', '/v1/events/minsk%2Frelease'), ('/v1/views/sanctions/', '/v1/views/sanctions'), ('/v1/events/', '/v1/events')):
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
        self.says(page.links['history'], 'believed to')

    def test_a_page_for_people_has_200_rows_unless_told(self):
        self.record(*[release(f'r{number}', data={'holder': 'state:BLR', 'persons': [f'person:p{number}'], 'count': 1}) for number in range(250)])
        for path in ('/v1/views/prisoners', '/v1/events'):
            answer, page = self.page(path)
            self.assertEqual(answer.body.count(b'<tr><td'), 200, path)
            self.assertGreater(self.page(page.links['next page'])[0].body.count(b'<tr><td'), 40)
            self.assertEqual(self.page(path + '?limit=220')[0].body.count(b'<tr><td'), 220)

    def test_rows_of_all_pages_can_be_counted(self):
        self.record(event('imposed', 'sanction.imposed', '2025', {'measure': 'usa/a', 'target': ['state:BLR'], 'restrictions': ['dealings']}))
        self.says(self.page('/v1/views/sanctions?limit=1')[1].links['how many in all'], '2 rows')

    def test_paper_says_what_was_asked_and_titles_differ(self):
        self.says('/v1/views/sanctions?prefix=usa&where=status%3Deased', 'Asked: keys that begin with usa; where status=eased.', 'Seen at level restricted')
        self.says('/v1/events?order=newest&party=state:BLR', 'Newest first.', 'party state:BLR')
        paths = ('/', '/v1/views', '/v1/events', '/v1/events?party=state:BLR', '/v1/events?type=flight.*', '/v1/streams/letter', '/v1/events/release', '/v1/events/release/trace', '/v1/views/prisoners', '/v1/views/prisoners/diff',
                 '/v1/views/prisoners/timeline?key=state:BLR', '/v1/views/prisoners/history?key=state:BLR', '/login')
        self.assertEqual(len({self.page(path)[1].title for path in paths}), len(paths))

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

    def test_nothing_runs_out_of_a_small_screen(self):
        if not CHROMIUM:
            self.skipTest('chromium is not installed')
        self.record(release('x' * 60, summary='y' * 200, sources=[{'url': 'https://example.org/' + 'z' * 300, 'title': 'T'}]))
        self.stop()
        self.options = ('--open-reading', 'yes')
        self.start()
        for number, path in enumerate(('/v1/events?order=newest', '/v1/events/' + 'x' * 60, '/v1/views/sanctions')):
            page = self.get(path, None, Accept='text/html').body.decode().replace('<style>', '<style>html{overflow:auto}')
            file = self.folder / f'{number}.html'
            # How wide the page is, measured by a script of the test's own in a copy.
            file.write_text(page.replace('</body>', '<script>document.title = "wide " + document.documentElement.scrollWidth + " of " + innerWidth</script></body>'))
            shown = subprocess.run([CHROMIUM, *FLAGS, f'--user-data-dir={self.folder}/browser', '--window-size=500,900', '--dump-dom', file.as_uri()], capture_output=True, timeout=120, text=True).stdout
            wide, room = map(int, re.search(r'wide (\d+) of (\d+)', shown).groups())
            self.assertLessEqual(wide, room, path)


if __name__ == '__main__':
    main()
