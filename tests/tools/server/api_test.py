#!/usr/bin/env python3
"""The API as interfaces.md tells it, asked as its users would."""
import csv
import io
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from served import ServedTest


class Recording(ServedTest):
    def test_an_event_that_is_posted_is_on_the_disk_when_the_answer_comes(self):
        answer = self.post('/v1/events', release('a'))
        self.assertEqual((answer.status, answer.json['position']), (201, 1))
        self.assertEqual(answer.json['events'], [{'position': 1, 'id': 'a', 'stream': 'state:BLR', 'revision': 0, 'new': True}])
        self.assertEqual(answer.headers['Location'], '/v1/events/a')
        self.stop(9)
        self.assertEqual([event['id'] for event in self.events()], ['a'])

    def test_the_token_names_who_recorded(self):
        self.post('/v1/events', release('a'))
        self.assertEqual(self.get('/v1/events/a').json['event']['recorded_by'], 'the-recorder')

    def test_the_same_again_adds_nothing(self):
        self.post('/v1/events', release('a'))
        again = self.post('/v1/events', release('a'))
        self.assertEqual((again.status, again.json['events'][0]['new'], again.json['position']), (200, False, 1))

    def test_lists_and_lines_are_one_commit(self):
        self.assertEqual(self.post('/v1/events', [release('a'), release('b')]).json['position'], 2)
        lines = '\n'.join('{"id":"%s","type":"prisoners.released","occurred":"2025","data":{"holder":"state:BLR","count":1}}' % name for name in 'cd')
        self.assertEqual(self.post('/v1/events', lines, Content_Type='application/x-ndjson').json['position'], 4)
        events = self.get('/v1/events').json['events']
        self.assertEqual([event['recorded_at'] for event in events[:2]], [events[0]['recorded_at']] * 2)

    def test_nothing_of_a_list_is_recorded_where_one_is_bad_and_the_field_is_named(self):
        answer = self.post('/v1/events', [release('a'), release('b', count=-1)])
        self.assertEqual((answer.status, answer.json['field']), (400, '[1].data.count'))
        self.assertEqual(answer.headers['Content-Type'], 'application/problem+json')
        self.assertEqual(self.get('/v1/events').json['events'], [])

    def test_each_bad_event_is_named_up_to_twenty(self):
        bad = [release('a'), release('b', count=-1), 5, release('c', occurred='x'), {'type': 'nothing'}]
        for body, content, fields in ((bad, 'application/json', ['[1].data.count', '[2]', '[3].occurred', '[4].type']),
                                      ('\n'.join(map(json.dumps, bad)), 'application/x-ndjson', ['line 2: data.count', 'line 3: line', 'line 4: occurred', 'line 5: type']),
                                      ([release('x', count=-1)] * 30, 'application/json', [f'[{i}].data.count' for i in range(20)]), ('[{', 'application/json', ['body'])):
            answer = self.post('/v1/events', body if isinstance(body, str) else json.dumps(body), Content_Type=content)
            self.assertEqual((answer.status, [error['field'] for error in answer.json['errors']]), (400, fields))
            self.assertEqual({name: answer.json[name] for name in ('field', 'found', 'allowed')}, answer.json['errors'][0])
        self.assertEqual(self.get('/v1/events').json['events'], [])

    def test_what_cannot_be_because_of_what_is_there_is_a_conflict(self):
        self.record(release('a'))
        self.record(release('b', 51, corrects='a'))
        withdrawn = {'id': 'c', 'type': 'record.retracted', 'retracts': 'b', 'data': {'reason': 'x'}}
        for event, field in ((release('a', 1), 'id'), (release('d', 1, corrects='a'), 'corrects'), (withdrawn | {'retracts': 'a'}, 'retracts')):
            answer = self.post('/v1/events', event)
            self.assertEqual((answer.status, answer.json['field']), (409, field))
        self.assertIn('"b", the live event', self.post('/v1/events', release('d', 1, corrects='a')).json['allowed'])
        self.record(withdrawn)
        self.assertEqual(self.post('/v1/events', withdrawn | {'id': 'd'}).status, 409)
        # What is wrong whatever is there is none.
        self.assertEqual(self.post('/v1/events', release('e', 1, corrects='c')).status, 400)

    def test_cloudevents_go_in_and_come_out_the_same(self):
        cloud = {'specversion': '1.0', 'type': 'chancery.prisoners.released', 'source': 'urn:x', 'id': 'a', 'data': release('a')}
        self.assertEqual(self.post('/v1/events', cloud, Content_Type='application/cloudevents+json').status, 201)
        self.assertEqual(self.post('/v1/events', [cloud | {'id': 'b', 'data': release('b')}], Content_Type='application/cloudevents-batch+json').status, 201)
        self.assertEqual([event['id'] for event in self.get('/v1/events').json['events']], ['a', 'b'])

    def test_another_content_type_is_refused(self):
        self.assertEqual(self.post('/v1/events', 'a=1', Content_Type='application/x-www-form-urlencoded').status, 415)

    def test_an_expected_revision_that_does_not_hold_is_a_conflict_that_tells_the_actual_one(self):
        self.record(release('a'), release('b'))
        answer = self.post('/v1/events', release('c'), Expected_Revision='0')
        self.assertEqual((answer.status, answer.json['actual_revision'], answer.json['field']), (409, 1, 'Expected-Revision'))
        self.assertEqual(self.post('/v1/events', release('c'), Expected_Revision='none').status, 409)
        none = self.post('/v1/events', release('c'), Expected_Revision='usa/belavia=3')
        self.assertEqual((none.status, none.json['actual_revision'], none.json['allowed']), (409, None, 'revision 3, as was expected of stream usa/belavia'))
        self.assertEqual(self.post('/v1/events', release('c'), Expected_Revision='1').status, 201)
        self.assertEqual(self.post('/v1/events', release('d'), Expected_Revision='state:BLR=exists, usa/belavia=none').status, 201)

    def test_a_condition_fails_if_an_event_that_matches_came_after_the_position(self):
        self.record(release('a'))
        self.record(release('b'))
        answer = self.post('/v1/events', release('c'), Condition='type=prisoners.*&party=state:BLR&after=1')
        self.assertEqual((answer.status, answer.json['actual_position'], answer.json['field']), (409, 2, 'Condition'))
        self.assertEqual(self.post('/v1/events', release('c'), Condition='type=prisoners.released&after=2').status, 201)
        self.assertEqual(self.post('/v1/events', release('d'), Condition='typ=x').status, 400)


class Reading(ServedTest):
    def prepare(self):
        self.done('record', '--batch', '1', self.file('events.ndjson', release('a', 52), release('b', 51, corrects='a'), release('x/y', 3, occurred='2025-10-01')))

    def test_the_rows_of_a_view_are_those_of_the_command(self):
        answer = self.get('/v1/views/prisoners?at=2025-12&known=pos:2')
        self.assertEqual(answer.json, json.loads(self.done('view', 'prisoners', '--at', '2025-12', '--known', 'pos:2', '--format', 'json').out))
        self.assertEqual(answer.json['rows'][0]['because'], [2])

    def test_a_pinned_answer_has_a_strong_etag_and_may_be_kept_for_ever(self):
        path = '/v1/views/prisoners?at=2025-12-31&known=pos:2'
        answer = self.get(path)
        self.assertIn('immutable', answer.headers['Cache-Control'])
        self.assertFalse(answer.headers['ETag'].startswith('W/'))
        self.record(release('later', 1, occurred='2025-11-01'))
        same = self.get(path)
        self.assertEqual((same.headers['ETag'], same.body), (answer.headers['ETag'], answer.body))
        self.assertEqual(self.get(path, If_None_Match=answer.headers['ETag']).status, 304)
        self.assertNotEqual(self.get(path, 'reader').headers['ETag'], answer.headers['ETag'])

    def test_any_other_answer_says_where_it_is_pinned(self):
        answer = self.get('/v1/views/prisoners')
        self.assertEqual(answer.headers['Cache-Control'], 'no-store')
        pinned = self.get(answer.headers['Content-Location'])
        self.assertEqual(pinned.json, answer.json)
        self.assertIn('immutable', pinned.headers['Cache-Control'])

    def test_pages_hang_together_and_pin_both_times(self):
        self.record({'type': 'prisoners.released', 'occurred': '2025', 'data': {'holder': 'state:RUS', 'count': 1}},
                    {'type': 'prisoners.released', 'occurred': '2025', 'data': {'holder': 'state:UKR', 'count': 1}})
        keys, path = [], '/v1/views/prisoners?limit=1'
        while path:
            answer = self.get(path)
            keys += [row['key'] for row in answer.json['rows']]
            link = answer.headers['Link']
            path = link.split('>')[0][1:] if link else None
        self.assertEqual(keys, ['state:BLR', 'state:RUS', 'state:UKR'])
        events, path = [], '/v1/events?limit=2'
        while path:
            answer = self.get(path)
            events += [event['position'] for event in answer.json['events']]
            link = answer.headers['Link']
            path = link.split('>')[0][1:] if link else None
        self.assertEqual(events, [1, 2, 3, 4, 5])

    def test_large_pages_say_where_the_next_is_in_every_format(self):
        total = 450
        self.record(*[{'id': f'p{i:03}', 'type': 'party.described', 'occurred': '2025', 'data': {'party': f'org:p{i:03}', 'name': 'x' * 900}} for i in range(total)])
        for start, name, mine in (('/v1/events?limit=200&type=party.described', 'events', 'id'), ('/v1/views/parties?limit=200&prefix=org:p', 'rows', 'key')):
            for accept in ('application/json', 'application/x-ndjson', 'text/csv'):
                found, path = [], start
                while path:
                    answer = self.get(path, Accept=accept)
                    self.assertGreater(len(answer.body), 40_000)
                    if accept == 'text/csv':
                        found += [row[mine] for row in csv.DictReader(io.StringIO(answer.body.decode()))]
                    else:
                        found += [row[mine] for row in (answer.rows if accept.endswith('ndjson') else answer.json[name])]
                    path = answer.headers['Link'] and answer.headers['Link'].split('>')[0][1:]
                self.assertEqual(found, [('org:' if mine == 'key' else '') + f'p{i:03}' for i in range(total)], (start, accept))

    def test_lines_come_page_by_page_however_many_are_asked_for(self):
        self.record(*[release(f'e{i:03}') for i in range(250)])
        self.stop()
        self.start('--rows', '100')
        found, pages, path = [], 0, '/v1/events?limit=1000000'
        while path:
            answer = self.get(path, Accept='application/x-ndjson')
            found += [event['position'] for event in answer.rows]
            pages += 1
            path = answer.headers['Link'] and answer.headers['Link'].split('>')[0][1:]
        self.assertEqual((found, pages), (list(range(1, 254)), 3))
        self.assertEqual(len(self.get('/v1/events', Accept='application/x-ndjson').rows), 253)

    def test_world_time_has_pages_too_and_so_has_its_markdown(self):
        days = [5, 1, 3, 1, 4, 2, 3]
        self.record(*[{'id': f'day-{i}', 'type': 'action.observed', 'occurred': f'2020-01-0{day}', 'coding': {'quad': 1}, 'data': {'text': 'x'}} for i, day in enumerate(days)])
        whole = [event['id'] for event in self.get('/v1/events?order=occurred').json['events']]
        self.assertEqual(whole[:7], ['day-1', 'day-3', 'day-5', 'day-2', 'day-6', 'day-4', 'day-0'])
        pages, path = [], '/v1/events?order=occurred&limit=2'
        while path:
            answer = self.get(path)
            pages += [event['id'] for event in answer.json['events']]
            path = answer.headers['Link'] and answer.headers['Link'].split('>')[0][1:]
        self.assertEqual(pages, whole)
        pages, path = [], '/v1/events?limit=2'
        while path:
            answer = self.get(path, Accept='text/markdown')
            pages += re.findall(r'^- .*`([^`]+)`\)$', answer.body.decode(), re.M)
            path = answer.headers['Link'] and answer.headers['Link'].split('>')[0][1:]
        chronology = re.findall(r'^- .*`([^`]+)`\)$', self.get('/v1/events', Accept='text/markdown').body.decode(), re.M)
        self.assertEqual(pages, chronology)
        self.assertEqual(self.get('/v1/events?beyond=1&order=newest').json['field'], 'beyond')

    def test_a_parameter_without_a_value_says_nothing(self):
        self.record({'id': 'cc', 'type': 'commitment.made', 'occurred': '2025', 'data': {'commitment': 'c', 'by': 'state:BLR', 'what': 'open'}})
        self.record({'id': 'cs', 'type': 'commitment.made', 'occurred': '2025', 'corrects': 'cc', 'visibility': 'restricted', 'data': {'commitment': 'c', 'by': 'state:BLR', 'what': 'SECRET'}})
        plain = self.get('/v1/views/commitments?visibility=public').json
        self.assertEqual(plain['rows'][0]['state']['what'], 'open')
        for blank in ('after=', 'prefix=', 'where=', 'known=&zone=', 'at='):
            for path in (f'/v1/views/commitments?{blank}&visibility=public', f'/v1/views/commitments?visibility=public&{blank}'):
                self.assertEqual(self.get(path).json['rows'], plain['rows'], path)
        events = self.get('/v1/events').json
        for blank in ('tag=', 'grep=', 'stream=&measure=', 'order=&since=&until=', 'limit=', 'before='):
            self.assertEqual(self.get(f'/v1/events?{blank}').json, events, blank)
        self.assertEqual(self.get('/v1/views/prisoners/timeline?key=').json['field'], 'key')
        self.assertEqual(self.get('/v1/views/prisoners?nothing=').json['field'], 'query')

    def test_a_guard_that_is_there_and_empty_is_a_mistake(self):
        for headers, field in (({'Expected_Revision': ''}, 'Expected-Revision'), ({'Condition': ''}, 'Condition'), ({'Condition': 'tag=&after=1'}, 'Condition: tag'),
                               ({'Condition': 'after=999'}, 'Condition: after'), ({'Condition': 'type=nothing'}, 'Condition: type'), ({'Expected_Revision': 'abc'}, 'Expected-Revision'), ({'Expected_Revision': 'any,'}, 'Expected-Revision'),
                               ({'Condition': 'tag=x&after=1&after=2'}, 'Condition: after')):
            answer = self.post('/v1/events', release('guarded'), **headers)
            self.assertEqual((answer.status, answer.json['field']), (400, field), headers)
        self.assertEqual(self.get('/v1/events/guarded').status, 404)

    def test_what_http_asks_of_a_server(self):
        token = self.tokens['reader'].encode()
        status = lambda head, end=b'': int(self.raw(head + b'\r\nConnection: close\r\n' + end + b'\r\n').split()[1])
        self.assertEqual(status(b'GET /healthz HTTP/1.1'), 400)
        self.assertEqual(status(b'GET /healthz HTTP/1.0'), 200)
        self.assertEqual(status(b'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b'), 400)
        self.assertEqual(status(b'GET /healthz HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer none'), 200)
        twice = b'POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ' + self.tokens['recorder'].encode() + b'\r\nContent-Type: application/json\r\nContent-Length: 2\r\n'
        self.assertEqual(status(twice + b'Condition:\r\nCondition: stream=x', b'\r\n{}'), 400)
        self.assertEqual(status(b'GET http://ledger.example/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: bearer ' + token), 200)
        self.assertEqual(self.post('/v1/events', b'x', Content_Encoding='gzip').status, 415)
        self.assertEqual(self.post('/v1/events', release('b'), ce_specversion='1.0').json['field'], 'Content-Type')
        pinned = '/v1/views/prisoners?at=2025-12-31&known=pos:1'
        tag = self.get(pinned).headers['ETag']
        for had in (tag, 'W/"x", ' + tag, 'W/' + tag, '"a, b" ,' + tag + ',"c"', '*'):
            same = self.get(pinned, If_None_Match=had)
            self.assertEqual((same.status, same.headers['ETag'], same.body), (304, tag, b''))
            self.assertIn('immutable', same.headers['Cache-Control'])
            self.assertIn('Authorization', same.headers['Vary'])
        for had in ('"x"', tag[:-2] + '"', tag[1:-1], '"*"', '*, "x"', '"' + tag):
            self.assertEqual(self.get(pinned, If_None_Match=had).status, 200, had)
        self.assertEqual(self.get('/v1/events', If_None_Match='*').status, 304)
        self.assertEqual(self.get('/v1/views/nothing?at=2025-12-31&known=pos:1', If_None_Match='*').status, 404)

    def test_every_problem_names_what_was_found_and_what_is_allowed(self):
        for answer, status, field in ((self.get('/v1/events', None), 401, 'Authorization'), (self.post('/v1/events', release('x'), 'reader'), 403, 'role'), (self.get('/nothing'), 404, 'target'),
                                      (self.get('/v1/views/nothing'), 404, 'view'), (self.ask('DELETE', '/v1/events'), 405, 'method'), (self.get('/v1/events', Accept='image/png'), 406, 'Accept'),
                                      (self.post('/v1/events', 'x', Content_Type='text/plain'), 415, 'Content-Type'), (self.get('/v1/feed?type=x'), 400, 'type')):
            self.assertEqual((answer.status, answer.json['field']), (status, field), answer.body)
            self.assertTrue(answer.json['found'] and answer.json['allowed'])

    def test_timeline_history_and_diff_answer_too(self):
        self.assertEqual(len(self.get('/v1/views/prisoners/timeline?key=state:BLR').json['rows']), 2)
        self.assertEqual(self.get('/v1/views/prisoners/history?key=state:BLR').json['rows'][0]['known_to'], 2)
        diff = self.get('/v1/views/prisoners/diff?at=2025-12-31&known=pos:1..pos:2').json
        self.assertEqual([entry['because'] for entry in diff['knowledge']], [[2]])
        self.assertIn('key: found nothing', self.get('/v1/views/prisoners/timeline').json['detail'])

    def test_the_format_is_what_is_accepted(self):
        self.assertEqual(len(self.get('/v1/events', Accept='application/x-ndjson').rows), 3)
        self.assertTrue(self.get('/v1/views/prisoners', Accept='text/csv').body.startswith(b'key,'))
        self.assertEqual(self.get('/v1/views/prisoners', Accept='image/png').status, 406)

    def test_an_event_is_found_by_its_encoded_id_and_by_its_position(self):
        self.assertEqual(self.get('/v1/events/x%2Fy').json['event']['position'], 3)
        self.assertEqual(self.get('/v1/events/pos:1').json['live_event'], 'b')
        self.assertEqual(self.get('/v1/events/x/y').status, 404)
        self.assertEqual(self.get('/v1/events/nobody').status, 404)
        self.assertEqual(self.get('/v1/streams/state%3ABLR?order=newest&limit=1').json['events'][0]['id'], 'x/y')
        self.assertEqual(self.get('/v1/events/a/trace').json['id'], 'b')

    def test_filters_are_those_of_the_log(self):
        def ids(query):
            return [event['id'] for event in self.get('/v1/events?' + query).json['events']]
        self.assertEqual(ids('after=1&limit=1'), ['b'])
        self.assertEqual(ids('before=2'), ['a'])
        self.assertEqual(ids('type=sanction.*'), [])
        self.assertEqual(ids('party=state:BLR&order=newest'), ['x/y', 'b', 'a'])
        self.assertEqual(ids('order=occurred&since=2025-10'), ['x/y'])

    def test_what_was_written_can_be_waited_for(self):
        position = self.record(release('new'))['position']
        self.assertEqual(self.get(f'/v1/views/prisoners?min_position={position}').json['position'], position)
        late = self.get('/v1/views/prisoners?min_position=99')
        self.assertEqual((late.status, late.headers['Retry-After']), (503, '1'))

    def test_bad_questions_name_what_was_found_and_what_is_allowed(self):
        for path, field in (('/v1/views/prisoners?at=yesterday', 'at'), ('/v1/views/prisoners?known=pos:99', 'known'), ('/v1/views/prisoners?wher=x', 'query'),
                            ('/v1/views/prisoners?limit=0', 'limit'), ('/v1/events?order=random', 'order'), ('/v1/events?limit=x', 'limit'),
                            ('/v1/views/prisoners?zone=Mars', 'zone'), ('/v1/views/prisoners?at=2025&at=2026', 'at')):
            answer = self.get(path)
            self.assertEqual((answer.status, answer.json['field']), (400, field), path)
            self.assertTrue(answer.json['found'] and answer.json['allowed'], path)
        self.assertEqual(self.get('/v1/views/nothing').status, 404)

    def test_a_path_has_its_methods(self):
        answer = self.ask('DELETE', '/v1/events')
        self.assertEqual((answer.status, answer.headers['Allow']), (405, 'POST, GET, HEAD'))
        head = self.ask('HEAD', '/v1/views/prisoners')
        self.assertEqual((head.status, head.body), (200, b''))

    def test_a_connection_serves_many_requests(self):
        connection = self.connect()
        for _ in range(3):
            self.assertEqual(self.ask('GET', '/v1/events', connection=connection).status, 200)
        connection.close()


class Access(ServedTest):
    def test_each_role_may_do_what_it_may(self):
        self.assertEqual(self.get('/v1/events', None).status, 401)
        nobody = self.ask('GET', '/v1/events', None, Authorization='Bearer nonsense')
        self.assertEqual((nobody.status, nobody.headers['WWW-Authenticate']), (401, 'Bearer realm="chancery"'))
        for role, status in (('reader', 403), ('partner', 403), ('recorder', 201), ('admin', 200)):
            self.assertEqual(self.post('/v1/events', release('a'), role).status, status, role)
        for role, status in (('reader', 403), ('recorder', 403), ('admin', 200)):
            self.assertEqual(self.get('/metrics', role).status, status, role)
        self.assertEqual(self.get('/healthz', None).body, b'ok\n')

    def test_a_revoked_token_is_taken_no_more(self):
        self.assertEqual(self.get('/v1/events', 'reader').status, 200)
        self.done('token', 'revoke', 'the-reader')
        self.assertEqual(self.get('/v1/events', 'reader').status, 401)

    def test_the_folder_keeps_no_token(self):
        kept = (self.ledger / 'tokens').read_text()
        for token in self.tokens.values():
            self.assertNotIn(token, kept)
        self.assertEqual((self.ledger / 'tokens').stat().st_mode & 0o777, 0o600)
        self.assertEqual([row['role'] for row in self.done('token', 'list').rows], ['reader', 'partner', 'recorder', 'admin'])

    def test_the_log_has_no_secrets_and_no_bodies(self):
        self.post('/v1/events', release('a', summary='a secret word'))
        self.get('/v1/events?grep=secret')
        self.stop()
        log = (self.folder / 'server.log').read_text()
        self.assertIn('"route":"/v1/events"', log)
        for word in ('secret', self.tokens['recorder']):
            self.assertNotIn(word, log)

    def test_another_origins_page_reads_only_where_it_is_allowed(self):
        self.assertIsNone(self.get('/v1/events', Origin='https://example.org').headers['Access-Control-Allow-Origin'])
        self.stop()
        self.start('--cors-origins', 'https://example.org')
        self.assertEqual(self.get('/v1/events', Origin='https://example.org').headers['Access-Control-Allow-Origin'], 'https://example.org')
        self.assertIsNone(self.get('/v1/events', Origin='https://evil.example').headers['Access-Control-Allow-Origin'])
        asked = self.ask('OPTIONS', '/v1/events', None, Origin='https://example.org', Access_Control_Request_Method='GET')
        self.assertEqual((asked.status, asked.headers['Access-Control-Allow-Methods']), (204, 'GET, HEAD'))
        self.assertEqual(self.ask('OPTIONS', '/v1/events', None, Origin='https://evil.example', Access_Control_Request_Method='GET').status, 405)


class Description(ServedTest):
    def test_openapi_tells_every_route_and_no_other(self):
        document = self.get('/openapi.json', None).json
        self.assertEqual(document['openapi'], '3.1.0')
        methods = {'get', 'post', 'put', 'delete'}
        for path, item in document['paths'].items():
            real = path.replace('{view}', 'prisoners').replace('{id}', 'a').replace('{stream}', 's').replace('{name}', 'n').replace('{position}', '1')
            self.assertTrue(set(item) <= methods)
            for method in methods:
                status = self.ask(method.upper(), real, None).status
                self.assertEqual(status != 405, method in item, f'{method} {path}: {status}')
            for operation in item.values():
                self.assertTrue(operation['summary'] and operation['responses'])
                names = [parameter['name'] for parameter in operation['parameters']]
                self.assertEqual(len(names), len(set(names)), path)
                self.assertEqual({name for name in names if '{' + name + '}' in path}, {part[1:-1] for part in path.split('/') if part.startswith('{')})
        self.assertEqual(self.get('/v1/nothing', None).status, 404)

    def test_configuration_is_the_file_then_the_environment_then_flags(self):
        config = self.file('serve.conf', '# a comment', 'rows = 7', 'listen = 127.0.0.1:1', 'idle-seconds = 9')
        printed = self.done('serve', '--config', config, '--print-config', '--rows', '9', env={'CHANCERY_SERVE_ROWS': '8', 'CHANCERY_SERVE_LISTEN': '127.0.0.1:2'}).out
        for line in ('rows = 9', 'listen = 127.0.0.1:2', 'idle-seconds = 9'):
            self.assertIn(line + '\n', printed)
        again = self.file('again.conf', printed)
        self.assertEqual(self.done('serve', '--config', again, '--print-config').out, printed)
        self.assertIn('serve.conf:2', self.refused('serve', '--config', self.file('serve.conf', 'rows = 1', 'row = 2'), '--print-config'))
        self.assertIn('serve.conf:2', self.refused('serve', '--config', self.file('serve.conf', 'rows = 1', 'rows = 2'), '--print-config'))
        self.assertIn('CHANCERY_SERVE_ROW: found', self.refused('serve', '--print-config', env={'CHANCERY_SERVE_ROW': '8'}))
        self.assertIn('rows = 5', self.done('serve', '--print-config', env={'CHANCERY_SERVE_CONFIG': str(self.file('five.conf', 'rows = 5'))}).out)
        for url in ('foo', 'ftp://x', 'https://x/path', 'http://', 'http://x#f', 'http://u:p@x', 'http://x:0', 'http://x:99999'):
            self.assertIn('public-url', self.refused('serve', '--public-url', url, '--print-config'))
        self.assertIn('allowed: 1 to 1000000'.replace('1 to', 'a whole number from 1 to'), self.refused('serve', '--rows', 'x', '--print-config'))

    def test_metrics_are_those_of_prometheus(self):
        self.record(release('a'))
        text = self.get('/metrics', 'admin').body.decode()
        self.assertIn('\nchancery_position 1\n', text)
        self.assertIn('chancery_append_seconds_bucket{le="+Inf"} 1\n', text)
        self.assertIn('chancery_commits_per_sync_bucket{le="1"} 1\n', text)
        self.assertIn('chancery_follower_lag_events{follower="view/prisoners"}', text)
        self.assertIn('\nchancery_recording_failed 0\n', text)
        self.ask('PUT', '/v1/consumers/desk', body={})
        self.assertIn('chancery_consumer_lag_events{consumer="desk"} 1\n', self.get('/metrics', 'admin').body.decode())
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^}]*\})? [0-9.e+-]+)$')


if __name__ == '__main__':
    main()
