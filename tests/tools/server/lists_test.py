#!/usr/bin/env python3
"""Lists of events: which may be kept, and where they begin."""
import html
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from served import ServedTest

LINES, CSV, JSON, HTML, MARKDOWN = 'application/x-ndjson', 'text/csv', 'application/json', 'text/html', 'text/markdown'


class Lists(ServedTest):
    def prepare(self):
        self.done('record', '--batch', '1', self.file('events.ndjson', *(release(f'e{i}', i) for i in range(1, 7))))

    def kept(self, path, accept, role='recorder'):
        """The tag of an answer that may be kept for ever; nothing of one that may not be kept at all."""
        answer = self.get(path, role, Accept=accept)
        self.assertEqual(answer.status, 200, path)
        if answer.headers['ETag'] is None:
            self.assertEqual(answer.headers['Cache-Control'], 'no-store')
            return None
        self.assertEqual(answer.headers['Cache-Control'], 'private, max-age=31536000, immutable')
        self.assertIn('Authorization', answer.headers['Vary'])
        return answer.headers['ETag']

    def test_one_event_and_a_trace_come_as_csv_and_as_lines_as_the_command_prints_them(self):
        self.record(release('f', 9, because_of='e1'))
        for command, path in (('show', '/v1/events/e1'), ('trace', '/v1/events/e1/trace')):
            for accept, form in ((CSV, 'csv'), (LINES, 'ndjson')):
                answer = self.get(path, Accept=accept)
                self.assertEqual((answer.status, answer.headers['Content-Type'].split(';')[0]), (200, accept))
                self.assertEqual(answer.body.decode(), self.done(command, 'e1', '--format', form).out)
                self.assertIn('e1', answer.body.decode())

    def test_an_address_alone_can_say_in_which_format_it_is_told(self):
        browser = 'text/html,*/*;q=0.8'
        for path in ('/v1/events', '/v1/streams/state%3ABLR', '/v1/events/e1', '/v1/events/e1/trace', '/v1/views/prisoners', '/v1/views/prisoners/timeline?key=state:BLR',
                     '/v1/views/prisoners/history?key=state:BLR', '/v1/views/prisoners/diff?at=2000..2026&known=pos:1..pos:6'):
            for form, media in (('json', JSON), ('ndjson', LINES), ('csv', CSV), ('html', HTML)):
                path_of_form = path + ('&' if '?' in path else '?') + 'format=' + form
                answer = self.get(path_of_form, Accept=browser)
                self.assertEqual((answer.status, answer.headers['Content-Type'].split(';')[0]), (200, media), path_of_form)
                if form == 'csv':
                    self.assertEqual(answer.body, self.get(path, Accept=CSV).body)
        self.assertEqual(self.get('/v1/events/e1?format=csv').headers['Content-Disposition'], 'attachment; filename="events-e1.csv"')
        self.assertEqual(self.get('/v1/events?format=cloudevents').headers['Content-Type'].split(';')[0], 'application/cloudevents-batch+json')
        problem = self.get('/v1/views/prisoners?format=md')
        self.assertEqual((problem.status, problem.json['field'], problem.json['allowed']), (400, 'format', 'json, ndjson, csv, html'))

    def test_a_page_leads_to_the_whole_of_what_it_is_a_page_of_in_other_formats(self):
        self.record(*(release(f'more{i}') for i in range(4)))
        whole = len(self.get('/v1/events?type=prisoners.*', Accept=LINES).rows)
        self.assertGreater(whole, 6)
        for path, rows in (('/v1/events?type=prisoners.*&limit=2', whole), ('/v1/events?limit=2&after=3&type=prisoners.*', whole), ('/v1/events?type=prisoners.*&limit=5&after=5', whole),
                           ('/v1/events?format=html&limit=2&type=prisoners.*', whole), ('/v1/views/prisoners?limit=1&known=pos:6', 1), ('/v1/views/prisoners?format=html', 1)):
            answer = self.get(path, Accept=HTML)
            links = {name: html.unescape(url) for url, name in re.findall('<a href="([^"]*)">(JSON lines|JSON|CSV)</a>', answer.body.decode())}
            self.assertEqual(list(links), ['JSON', 'JSON lines', 'CSV'], path)
            told = self.get(links['JSON'], Accept='text/html').json
            self.assertEqual(len(told.get('events') or told['rows']), rows, path)
            self.assertEqual(len(self.get(links['JSON lines'], Accept='text/html').rows), rows, path)
            self.assertEqual(len(self.get(links['CSV'], Accept='text/html').body.decode().splitlines()), rows + 1, path)
        for path, is_page in (('/v1/events?format=html&limit=x', True), ('/v1/events?format=json&limit=x', False), ('/v1/views/nope?format=html', True)):
            for accept in (JSON, HTML):
                self.assertEqual(self.get(path, Accept=accept).headers['Content-Type'].split(';')[0], HTML if is_page else 'application/problem+json', path)

    def test_a_beginning_after_the_end_is_refused_and_both_are_named(self):
        for query in ('since=2026&until=2025', 'order=occurred&since=2025-09-12&until=2025-09-11'):
            since, until = (one.split('=')[1] for one in query.split('&')[-2:])
            problem = self.get(f'/v1/events?{query}')
            self.assertEqual((problem.status, problem.json['field'], problem.json['found']), (400, 'since', f'"{since}" after until "{until}"'))
        self.assertEqual(self.get('/v1/events?since=2025-09-11&until=2025-09-11&order=occurred').status, 200)

    def test_count_and_explain_ask_by_being_there(self):
        counted = self.get('/v1/views/prisoners?count=true').json
        self.assertEqual(counted['count'], 1)
        for query in ('count', 'count=', 'explain&count'):
            self.assertEqual(self.get(f'/v1/views/prisoners?{query}').json['count'], 1, query)
        for query in ('count=no', 'explain=1'):
            problem = self.get(f'/v1/views/prisoners?{query}')
            self.assertEqual((problem.status, problem.json['allowed']), (400, 'true, or nothing'), query)
        parameters = {one['name']: one for one in self.get('/openapi.json').json['paths']['/v1/views/{view}']['get']['parameters']}
        self.assertEqual({name for name, one in parameters.items() if one.get('allowEmptyValue')}, {'count', 'explain'})
        self.assertEqual(parameters['count']['schema'], {'enum': ['true', '']})

    def test_a_list_that_later_events_cannot_change_may_be_kept_and_is_the_same_then(self):
        fixed = [(path, accept) for path in ('/v1/events?limit=2', '/v1/events?after=2&limit=3', '/v1/events?before=7', '/v1/events?before=3&order=newest', '/v1/streams/state%3ABLR?limit=5',
                                             '/v1/events?before=5&order=oldest&type=prisoners.*') for accept in (LINES, CSV)]
        fixed += [('/v1/events?known=pos:3', accept) for accept in (LINES, CSV, JSON, HTML, MARKDOWN)]
        tags = [self.kept(*one) for one in fixed]
        self.assertNotIn(None, tags)
        self.assertEqual(len(set(tags)), len(tags))
        before = [self.get(path, Accept=accept).body for path, accept in fixed]
        self.record(release('late', occurred='2001'), release('b', 9, corrects='e1'))
        for (path, accept), tag, body in zip(fixed, tags, before):
            self.assertEqual((self.kept(path, accept), self.get(path, Accept=accept).body), (tag, body), path)
            same = self.get(path, Accept=accept, If_None_Match=tag)
            self.assertEqual((same.status, same.body, same.headers['ETag']), (304, b'', tag))
            self.assertEqual(self.get(path, 'reader', Accept=accept, If_None_Match=tag).status, 200, 'another level has another tag')

    def test_a_list_that_may_still_change_is_not_kept(self):
        for path, accept in (('/v1/events', LINES), ('/v1/events?limit=7', LINES), ('/v1/events?limit=6', LINES), ('/v1/events?before=8', LINES), ('/v1/events?order=newest&limit=2', CSV), ('/v1/events?order=occurred&limit=2', LINES),
                             ('/v1/events?causes=e6&before=7', LINES), ('/v1/events?known=now&limit=2', LINES), ('/v1/events?limit=2', JSON), ('/v1/events?before=3', HTML), ('/v1/events?before=3', MARKDOWN)):
            self.assertIsNone(self.kept(path, accept), path)

    def test_a_position_that_the_ledger_does_not_have_is_refused_as_a_feed_refuses_it(self):
        for path in ('/v1/events?after=7', '/v1/events?after=7&known=pos:3', '/v1/streams/state%3ABLR?after=7', '/v1/views/prisoners/changes?after=7', '/v1/feed?after=7'):
            answer = self.get(path)
            self.assertEqual((answer.status, answer.json['field'], answer.json['allowed']), (400, 'after', '0 to 6'), path)
        self.assertEqual(self.get('/v1/events?after=6').json['events'], [])
        self.assertEqual(self.get('/v1/events?after=5&known=pos:3').json['events'], [])
        self.assertIn('--after: found "pos:7"; allowed: 0 to 6', self.refused('log', '--after', 'pos:7'))

    def test_a_page_that_has_other_addresses_in_it_has_another_tag(self):
        path = '/v1/views/prisoners?at=2025-12-31&known=pos:1'
        here, there = (self.get(path, Accept='text/html', Host=host).headers['ETag'] for host in ('a.example', 'b.example'))
        self.assertNotEqual(here, there)
        self.assertEqual(self.get(path, Accept='text/html', Host='a.example', If_None_Match=here).status, 304)
        self.assertEqual(*(self.get(path, Host=host).headers['ETag'] for host in ('a.example', 'b.example')))

    def test_a_tag_is_of_one_ledger_and_of_pages_of_one_size(self):
        paths = ('/v1/views/prisoners?at=2025-12-31&known=pos:1', '/v1/events?known=pos:1', '/v1/events/e1?known=pos:1')
        tags = {path: self.get(path).headers['ETag'] for path in paths}
        self.stop()
        self.start('--rows', '500')
        self.assertEqual(self.get(paths[0], If_None_Match=tags[paths[0]]).status, 200)
        self.stop()
        self.start()
        for path, tag in tags.items():
            self.assertEqual(self.get(path, If_None_Match=tag).status, 304)
        self.stop()
        tokens, self.ledger = self.ledger / 'tokens', self.folder / 'another'
        self.done('init')
        shutil.copy(tokens, self.ledger)
        self.start()
        self.record(release('e1', 7))
        for path, tag in tags.items():
            self.assertEqual(self.get(path, If_None_Match=tag).status, 200)


if __name__ == '__main__':
    main()
