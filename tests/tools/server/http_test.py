#!/usr/bin/env python3
"""HTTP as its standards have it: RFC 9110 (what is meant), 9112 (how it is written), 9457 (problems), 6455 (WebSocket)."""
import json
import pathlib
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from served import ServedTest

UPGRADE = (b'Upgrade: websocket', b'Connection: Upgrade', b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', b'Sec-WebSocket-Version: 13')


def parted(answer):
    """Status, headers and body of the one answer there is."""
    head, _, body = answer.partition(b'\r\n\r\n')
    line, *headers = head.decode().split('\r\n')
    return int(line.split()[1]), [header.split(': ', 1) for header in headers], body


class Http(ServedTest):
    def request(self, line, *headers, body=b'', role='recorder'):
        """One request, written out; the connection ends after it."""
        token = b'Authorization: Bearer ' + self.tokens[role].encode()
        return b'\r\n'.join([line, b'Host: x', token, *headers, b'', body])

    def told(self, line, *headers, **more):
        return parted(self.raw(self.request(line, *headers, **more)))

    def test_who_speaks_http_1_0_is_sent_no_chunks(self):
        events = [release(f'e{i}', summary='x' * 400) for i in range(1000)]
        self.record(*events)
        status, headers, body = self.told(b'GET /v1/events HTTP/1.0', b'Accept: application/x-ndjson', b'Connection: keep-alive')
        self.assertEqual((status, dict(headers)['Connection']), (200, 'close'))
        self.assertNotIn('Transfer-Encoding', dict(headers))
        self.assertEqual([json.loads(line)['id'] for line in body.splitlines()], [event['id'] for event in events])

    def test_a_feed_in_http_1_0_is_lines_and_ends_with_the_connection(self):
        self.record(release('a'))
        with socket.create_connection((self.host, self.port), timeout=60) as connection, connection.makefile('rb') as lines:
            connection.sendall(self.request(b'GET /v1/feed?after=0 HTTP/1.0'))
            while (line := lines.readline()) != b'\r\n':
                self.assertNotIn(b'Transfer-Encoding', line)
            self.assertEqual(lines.readline(), b'id: 1\n')
            self.stop()
            self.assertEqual(lines.read().split(b'\n\n')[1:], [b'id: 1\nevent: end\ndata: {"after":1}', b''])

    def test_whoever_has_nothing_more_to_ask_is_still_answered(self):
        self.ask('PUT', '/v1/consumers/desk', body={})
        body = b'{"wait_seconds": 2}'
        headers = (b'Connection: close', b'Content-Type: application/json', b'Content-Length: %d' % len(body))
        received = self.raw(self.request(b'POST /v1/consumers/desk/next HTTP/1.1', *headers, body=body), close=True)
        self.assertTrue(received.startswith(b'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 '), received)
        self.assertEqual(received.count(b'HTTP/1.1 '), 2)

    def test_nothing_is_handed_to_whoever_left_while_he_waited(self):
        self.ask('PUT', '/v1/consumers/desk', body={})
        with socket.create_connection((self.host, self.port)) as gone:
            body = b'{"wait_seconds": 60}'
            gone.sendall(self.request(b'POST /v1/consumers/desk/next HTTP/1.1', b'Content-Type: application/json', b'Content-Length: %d' % len(body), body=body))
        self.until(lambda: self.get('/metrics', 'admin').body.decode(), lambda metrics: 'chancery_connections 1\n' in metrics, 'the connection ends')
        self.record(release('a'))
        self.assertEqual([one['position'] for one in self.post('/v1/consumers/desk/next', {}).json['events']], [1])
        self.assertIn('chancery_request_errors_total 1\n', self.get('/metrics', 'admin').body.decode())

    def test_empty_lines_before_a_request_say_nothing(self):
        ask = b'GET /healthz HTTP/1.1\r\nHost: x\r\n'
        received = self.raw(b'\r\n' + ask + b'\r\n\r\n\r\n' + ask + b'Connection: close\r\n\r\n')
        self.assertEqual(received.count(b'HTTP/1.1 200 OK'), 2)

    def test_an_expectation_is_known_whatever_its_case_and_only_of_who_waits_for_it(self):
        body = json.dumps(release('a')).encode()
        headers = (b'Content-Type: application/json', b'Expect: 100-Continue', b'Content-Length: %d' % len(body))
        received = self.raw(self.request(b'POST /v1/events HTTP/1.1', b'Connection: close', *headers, body=body))
        self.assertTrue(received.startswith(b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 '), received)
        self.assertEqual(self.told(b'POST /v1/events HTTP/1.0', *headers, body=body)[0], 200)

    def test_a_coding_that_is_not_known_is_not_read_as_if_there_were_none(self):
        event = json.dumps(release('a')).encode()
        body = b'%x\r\n%s\r\n0\r\n\r\n' % (len(event), event)
        for line, coding, expected in ((b'POST /v1/events HTTP/1.1', b'gzip, chunked', 501), (b'POST /v1/events HTTP/1.0', b'chunked', 400), (b'POST /v1/events HTTP/1.1', b'gzip', 400)):
            status, _, problem = self.told(line, b'Connection: close', b'Content-Type: application/json', b'Transfer-Encoding: ' + coding, body=body)
            self.assertEqual((status, json.loads(problem)['field']), (expected, 'Transfer-Encoding'))
        self.assertEqual(self.get('/v1/events').json['events'], [])

    def test_an_answer_to_head_has_no_body_whatever_was_wrong(self):
        for target in (b'/healthz', b'/v1/%zz', b'/nothing', b'/v1/views/nothing'):
            status, headers, body = self.told(b'HEAD ' + target + b' HTTP/1.1', b'Connection: close')
            self.assertEqual((body, int(dict(headers)['Content-Length']) > 0), (b'', True), target)

    def test_what_is_not_said_to_be_kept_is_not_kept(self):
        for path in ('/v1/events/nobody', '/nothing', '/v1/views', '/v1/events?limit=x', '/openapi.json', '/v1/events'):
            self.assertEqual(self.get(path).headers['Cache-Control'], 'no-store', path)

    def test_an_upgrade_that_is_none_is_a_problem_like_any_other(self):
        for change, expected, field in (((b'Version: 13', b'Version: 8'), 426, 'Sec-WebSocket-Version'), ((b'Version: 13', b'Version: 13, 8'), 426, 'Sec-WebSocket-Version'),
                                        ((b'dGhlIHNhbXBsZSBub25jZQ==', b'x'), 400, 'Sec-WebSocket-Key'), ((b'GET /v1/feed', b'GET /v1/feed?after=9'), 400, 'after')):
            sent = self.request(b'GET /v1/feed HTTP/1.1', *UPGRADE).replace(*change)
            status, headers, problem = parted(self.raw(sent))
            self.assertEqual((status, json.loads(problem)['field']), (expected, field))
            self.assertIn(['Content-Type', 'application/problem+json'], headers)
            if status == 426:
                for header in (['Sec-WebSocket-Version', '13'], ['Upgrade', 'websocket'], ['Connection', 'Upgrade']):
                    self.assertIn(header, headers)

    def test_bytes_that_are_no_text_are_told_as_text(self):
        bad = b'\xff\xc3('
        post = b'POST /v1/events HTTP/1.1'
        body = json.dumps(release('a')).encode()
        native = (b'Content-Type: application/json', b'Content-Length: %d' % len(body))
        asked = ((b'GET /v1/events/' + bad + b' HTTP/1.1', (), b''), (b'GET /v1/events?tag=' + bad + b' HTTP/1.1', (), b''), (b'GET /v1/events?' + bad + b' HTTP/1.1', (), b''),
                 (b'GET /v1/events HTTP/1.1', (b'Accept: ' + bad,), b''), (b'GET /v1/feed HTTP/1.1', (b'Last-Event-ID: ' + bad,), b''),
                 (b'GET /v1/events HTTP/1.1', (b'Content-Encoding: ' + bad,), b''), (post, (b'Content-Type: ' + bad, native[1]), body),
                 (post, (b'Expected-Revision: ' + bad, *native), body), (post, (b'Condition: type=' + bad, *native), body), (post, (b'Condition: ' + bad, *native), body))
        for line, headers, sent in asked:
            for accept in (b'application/json', b'text/html'):
                more = (*headers, b'Connection: close') if headers[:1] == (b'Accept: ' + bad,) else (*headers, b'Accept: ' + accept, b'Connection: close')
                status, told, answer = self.told(line, *more, body=sent)
                text = answer.decode()
                self.assertIn(status, (400, 404, 406, 415), line)
                self.assertIn('\\xff', text, (line, headers))
                if dict(told)['Content-Type'] == 'application/problem+json':
                    self.assertIn('\\xff\\xc3(', json.loads(text)['found'])
        self.stop()
        for line in (self.folder / 'server.log').read_bytes().splitlines():
            json.loads(line.decode())

    def test_what_is_too_large_is_told_how_large_it_may_be(self):
        for fillers in ((b'X: ' + b'x' * 16384,), [b'X: ' + b'x' * 100] * 400, [b'X: ' + b'x' * 100] * 160, [b'X-%d: y' % i for i in range(2000)]):
            status, _, problem = self.told(b'GET /healthz HTTP/1.1', *fillers)
            self.assertEqual((status, json.loads(problem)['allowed']), (431, 'at most 16384 bytes, the first line with them'))
        self.assertEqual(self.told(b'GET /healthz HTTP/1.1', b'Connection: close', *[b'X: ' + b'x' * 100] * 145)[0], 200)
        most = 16777216
        status, _, problem = self.told(b'POST /v1/events HTTP/1.1', b'Connection: close', b'Content-Type: application/json', b'Content-Length: %d' % (most + 1))
        self.assertEqual((status, json.loads(problem)['allowed']), (413, f'at most {most} bytes'))

    def test_a_slash_within_an_id_is_told_to_be_encoded(self):
        for path, told in (('/v1/events/a/b', True), ('/v1/streams/usa/belavia', True), ('/v1/events/a/b/trace', True), ('/v1/nothing', False), ('/v1/views/a/b/c', False)):
            problem = self.get(path)
            self.assertEqual((problem.status, '%2F' in problem.json['allowed']), (404, told), path)

    def test_what_is_refused_has_a_line_in_the_log_too(self):
        self.stop()
        self.start('--body-bytes', '1024')
        self.post('/v1/events', 'x' * 2000)
        self.told(b'GET /v1/feed HTTP/1.1', *UPGRADE[:3], b'Sec-WebSocket-Version: 8')
        self.stop()
        lines = [json.loads(line) for line in (self.folder / 'server.log').read_text().splitlines()]
        self.assertEqual([(line['route'], line['status'], line['caller']) for line in lines if line['log'] == 'request'],
                         [('/v1/events', 413, 'the-recorder'), ('/v1/feed', 426, 'the-recorder')])

    def test_what_broke_is_told_to_those_who_run_it_and_to_others_that_something_did(self):
        with (self.ledger / 'tokens').open('a') as tokens:
            tokens.write('my own token by mistake\n')
        # Who asks is not known while that file cannot be read.
        nobody = self.get('/v1/events', 'admin')
        self.assertEqual((nobody.status, nobody.json['field']), (500, 'server'))
        self.stop()
        log = (self.folder / 'server.log').read_text()
        self.assertIn('tokens: found line 5, which is none', log)
        for told in (nobody.body.decode(), log):
            self.assertNotIn('mistake', told)
        self.assertNotIn(str(self.ledger), nobody.body.decode())

    def test_a_feed_says_that_it_is_there_on_a_ledger_that_grows_by_what_it_does_not_want(self):
        self.stop()
        self.start('--ping-seconds', '1')
        for name, path in (('events', '/v1/feed?type=letter.*'), ('rows', '/v1/views/envoys/feed')):
            with socket.create_connection((self.host, self.port), timeout=60) as connection:
                connection.sendall(self.request(b'GET ' + path.encode() + b' HTTP/1.1'))
                received, recorded, writer = b'', 0, self.connect()
                while b': ping\n' not in received and recorded < 5000:
                    self.assertEqual(self.ask('POST', '/v1/events', body=release(f'{name}/{recorded}'), connection=writer).status, 201)
                    recorded += 1
                    connection.setblocking(False)
                    try:
                        received += connection.recv(65536)
                    except BlockingIOError:
                        pass
                writer.close()
                self.assertIn(b': ping\n', received, path)

    def test_an_answer_whose_reader_left_is_not_made_to_its_end(self):
        self.stop()
        self.start('--workers', '1')
        for begin in range(0, 20_000, 5000):
            self.record(*[{'id': f'p{i}', 'type': 'party.described', 'occurred': '2025', 'data': {'party': f'org:p{i}', 'name': 'x' * 200}} for i in range(begin, begin + 5000)])
        before = self.processor_time()
        self.get('/v1/events', Accept='text/markdown')
        whole = self.processor_time() - before
        before = self.processor_time()
        with socket.create_connection((self.host, self.port)) as connection:
            connection.sendall(self.request(b'GET /v1/events HTTP/1.1', b'Accept: text/markdown'))
            connection.recv(1)
        # The only worker answers this when it is done with that.
        self.assertEqual(self.get('/v1/events?limit=1').status, 200)
        self.assertLess(self.processor_time() - before, whole / 2)

    def test_an_answer_that_is_broken_off_for_want_of_a_reader_is_logged_as_none(self):
        days = [f'20{10 + i * 7 % 20}-{1 + i * 5 % 12:02}-{1 + i * 11 % 28:02}' for i in range(3000)]
        self.done('record', '--batch', '1', self.file('days.ndjson', *(release(f'd{i}', occurred=day) for i, day in enumerate(days))))
        before = self.processor_time()
        with socket.create_connection((self.host, self.port)) as connection:
            connection.sendall(self.request(b'GET /v1/views/prisoners/history?key=state:BLR&after=9000000 HTTP/1.1'))
            self.until(self.processor_time, lambda now: now > before + 0.1, 'at work')
        logged = lambda: [json.loads(line)['status'] for line in (self.folder / 'server.log').read_text().splitlines() if '/history' in line]
        self.assertEqual(self.until(logged, bool, 'a line in the log'), [499])


if __name__ == '__main__':
    main()
