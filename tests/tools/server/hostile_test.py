#!/usr/bin/env python3
"""Whatever is sent: a clear answer or a clean close, memory flat, and others are served."""
import os
import pathlib
import resource
import socket
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from feed_test import WebSocket
from program import main, release
from served import ServedTest

CRLF = b'\r\n'


class Hostile(ServedTest):
    options = ('--header-seconds', '1', '--body-seconds', '1', '--idle-seconds', '3', '--connections', '20000')

    def tearDown(self):
        self.assertEqual(self.get('/v1/events').status, 200, 'others are no longer served')
        super().tearDown()

    def status(self, received):
        self.assertTrue(received.startswith(b'HTTP/1.1 '), received[:100])
        return int(received.split()[1])

    def request(self, line, *headers, body=b''):
        token = b'Authorization: Bearer ' + self.tokens['recorder'].encode()
        return CRLF.join([line, b'Host: x', token, b'Connection: close', *headers, b'', body])

    def refused(self, sent, *statuses, **more):
        self.assertIn(self.status(self.raw(sent, **more)), statuses or (400,), sent[:100])

    def test_what_is_no_request(self):
        for sent in (b'\x00\x01\x02\x03\r\n\r\n', b'GET\r\n\r\n', b'GET /\r\n\r\n', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + os.urandom(64) + b'\r\n\r\n',
                     b'GET / HTTP/1.1 extra\r\n\r\n', b'G\xc3\x89T / HTTP/1.1\r\n\r\n', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'):
            self.refused(sent, 400, 505)

    def test_another_version(self):
        self.refused(b'GET /v1/events HTTP/3.0\r\n\r\n', 400, 505)

    def test_targets_that_lead_elsewhere(self):
        for target in (b'/../../etc/passwd', b'/v1/../tokens', b'/v1/events/%2e%2e', b'/v1/events/..%00', b'/v1/events/%', b'/v1/events/%zz', b'/v1/events/%c3%28',
                       b'/v1/events/%ff', b'/v1/events?grep=%00', b'ftp://evil.example/v1/events', b'http://evil.example/../v1', b'*', b'/v1/events/%ed%a0%80', b'/v1/events/a%0d%0aSet-Cookie:x'):
            self.refused(self.request(b'GET ' + target + b' HTTP/1.1'))
        for target in (b'//v1//events', b'/v1/events/', b'/tokens', b'/v1/events/%2Fetc%2Fpasswd', b'/.git/config'):
            self.refused(self.request(b'GET ' + target + b' HTTP/1.1'), 400, 404)

    def test_slow_headers(self):
        with socket.create_connection((self.host, self.port), timeout=30) as slow:
            slow.sendall(b'GET /v1/events HTT')
            self.assertEqual(slow.recv(1), b'')

    def test_slow_body(self):
        with socket.create_connection((self.host, self.port), timeout=30) as slow:
            slow.sendall(self.request(b'POST /v1/events HTTP/1.1', b'Content-Length: 100') + b'{')
            while slow.recv(4096):
                pass

    def test_half_a_request(self):
        self.assertEqual(self.raw(b'GET /v1/events HTTP/1.1\r\nHost: x\r\n', close=True), b'')

    def test_half_a_body(self):
        before = self.get('/v1/events').json
        self.raw(self.request(b'POST /v1/events HTTP/1.1', b'Content-Type: application/json', b'Content-Length: 500', body=b'{"id":"a"'), close=True)
        self.assertEqual(self.get('/v1/events').json, before)

    def test_a_body_of_a_gigabyte(self):
        before = self.memory_kib()
        self.refused(self.request(b'POST /v1/events HTTP/1.1', b'Content-Length: 1073741824'), 413)
        self.refused(self.request(b'POST /v1/events HTTP/1.1', b'Content-Length: 99999999999999999999'), 400, 413)
        with socket.create_connection((self.host, self.port), timeout=30) as sender:
            sender.sendall(self.request(b'POST /v1/events HTTP/1.1', b'Transfer-Encoding: chunked'))
            try:
                for _ in range(1024):
                    sender.sendall(b'100000\r\n' + b' ' * 0x100000 + b'\r\n')
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertLess(self.memory_kib() - before, 100_000)

    def test_a_body_that_is_announced_before_it_is_sent(self):
        with socket.create_connection((self.host, self.port), timeout=30) as sender:
            body = b'{"id":"a","type":"prisoners.released","occurred":"2025","data":{"holder":"state:BLR","count":1}}'
            sender.sendall(self.request(b'POST /v1/events HTTP/1.1', b'Content-Type: application/json', b'Expect: 100-continue', b'Content-Length: %d' % len(body)))
            self.assertTrue(sender.recv(4096).startswith(b'HTTP/1.1 100 '))
            sender.sendall(body)
            self.assertEqual(self.status(sender.recv(4096)), 201)

    def test_chunks_that_are_none(self):
        for chunks in (b'zz\r\nab\r\n0\r\n\r\n', b'-1\r\nab\r\n', b'ffffffffffffffffff\r\nab\r\n', b'2\r\nabcdef\r\n0\r\n\r\n', b'5;x=' + b'y' * 70000 + b'\r\n'):
            self.refused(self.request(b'POST /v1/events HTTP/1.1', b'Content-Type: application/json', b'Transfer-Encoding: chunked', body=chunks), 400, 413)

    def test_two_lengths(self):
        self.refused(self.request(b'POST /v1/events HTTP/1.1', b'Content-Length: 5', b'Content-Length: 6', body=b'abcdef'))
        self.refused(self.request(b'POST /v1/events HTTP/1.1', b'Content-Length: 5', b'Transfer-Encoding: chunked', body=b'0\r\n\r\n'))
        self.refused(self.request(b'POST /v1/events HTTP/1.1', b'Content-Length: -5', body=b'abcdef'))

    def test_a_second_request_in_the_body_of_the_first_is_a_body(self):
        smuggled = b'GET /v1/events/a HTTP/1.1\r\nHost: x\r\n\r\n'
        received = self.raw(self.request(b'POST /v1/events HTTP/1.1', b'Content-Length: %d' % len(smuggled), body=smuggled))
        self.assertEqual((self.status(received), received.count(b'HTTP/1.1 ')), (400, 1))

    def test_a_flood_of_headers(self):
        self.refused(self.request(b'GET /v1/events HTTP/1.1', *[b'X-%d: y' % i for i in range(5000)]), 431)
        self.refused(self.request(b'GET /v1/events HTTP/1.1', b'X: ' + b'y' * 100000), 431)
        self.refused(b'GET /' + b'a' * 100000 + b' HTTP/1.1\r\n\r\n', 431, 400, 414)
        with socket.create_connection((self.host, self.port), timeout=30) as endless:
            endless.sendall(b'GET /v1/events HTTP/1.1\r\n')
            try:
                for _ in range(100_000):
                    endless.sendall(b'X: ' + b'y' * 1000 + CRLF)
            except (BrokenPipeError, ConnectionResetError):
                return
        self.fail('it took a hundred megabytes of headers')

    def test_headers_that_are_none(self):
        for header in (b'no colon', b': no name', b'Bad Name: x', b'X: a\x00b', b' folded: x'):
            self.refused(self.request(b'GET /v1/events HTTP/1.1', header))

    def test_text_that_is_no_utf8(self):
        for body in (b'{"id":"\xff","type":"prisoners.released"}', b'{"id":"\xed\xa0\x80"}', b'\xfe\xff\x00{', b'{"id":"\\ud800"}'):
            self.refused(self.request(b'POST /v1/events HTTP/1.1', b'Content-Type: application/json', b'Content-Length: %d' % len(body), body=body))

    def test_json_that_is_none_or_is_deep(self):
        for body in (b'{', b'[' * 100000, b'[{}', b'[{},]', b'[1]', b'[[]]', b'{"a":' * 50000, b'[{"id":"a"}] x', b'null', b'"x"', b'{"id":"a","id":"b"}', b'1e999'):
            self.refused(self.request(b'POST /v1/events HTTP/1.1', b'Content-Type: application/json', b'Content-Length: %d' % len(body), body=body))

    def test_an_event_that_is_too_large(self):
        event = release('a', ext={'text': 'x' * 100000})
        self.assertEqual(self.post('/v1/events', event).status, 400)

    def test_more_events_than_one_commit_may_have(self):
        line = b'{"type":"prisoners.released","occurred":"2025","data":{"holder":"state:BLR","count":1}}\n'
        self.assertEqual(self.post('/v1/events', line * 100_001, Content_Type='application/x-ndjson').status, 400)

    def test_tokens_that_are_none(self):
        for value in (b'Bearer', b'Bearer ', b'Basic YWxhZGRpbg==', b'Bearer ' + b'x' * 5000, b'Bearer \xff\xfe', b'bearer x'):
            received = self.raw(CRLF.join([b'GET /v1/events HTTP/1.1', b'Host: x', b'Connection: close', b'Authorization: ' + value, b'', b'']))
            self.assertIn(self.status(received), (400, 401), value)

    def test_websocket_frames_that_are_none(self):
        for frames in (lambda s: s.socket.sendall(b'\xff\xff' + os.urandom(50)),                      # reserved bits
                       lambda s: s.socket.sendall(b'\x81\x05hello'),                                    # not masked
                       lambda s: s.send(0, b'goes on'),                                                 # goes on with nothing
                       lambda s: [s.send(1, b'x', fin=False), s.send(1, b'y')],                         # a message in another
                       lambda s: s.socket.sendall(b'\x89\xfe\x01\x00' + os.urandom(260)),               # a ping of 256 bytes
                       lambda s: s.send(1, b'\xff\xfe'),                                                # text that is no UTF-8
                       lambda s: s.socket.sendall(b'\x82\xff' + struct.pack('>Q', 1 << 40) + b'\0\0\0\0'),  # a terabyte
                       lambda s: [s.send(2, b'x' * 100, fin=False)] + [s.send(0, b'x' * 100, fin=False) for _ in range(100)]):  # a bomb of fragments
            one = WebSocket(self, '/v1/feed')
            self.assertIn(b' 101 ', one.head)
            try:
                frames(one)
                while one.file.read(1):
                    pass
            except (ConnectionResetError, BrokenPipeError):
                pass
            one.close()

    def test_nothing_is_read_to_its_end_for_whoever_has_left(self):
        self.stop()
        self.start('--workers', '1')
        for i in range(20):
            self.record(*[release(f'{i}-{j}') for j in range(1000)])
        for path in (b'/v1/events?grep=nowhere', b'/v1/events?grep=nowhere&limit=1'):
            before = self.processor_time()
            self.assertEqual(self.status(self.raw(self.request(b'GET ' + path + b' HTTP/1.1'))), 200)
            once = self.processor_time() - before
            for _ in range(200):
                with socket.create_connection((self.host, self.port)) as left:
                    left.sendall(self.request(b'GET ' + path + b' HTTP/1.1'))
            self.get('/v1/events?limit=1')
            self.assertLess(self.processor_time() - before, 100 * once)

    def test_upgrades_that_are_none(self):
        for headers in ([b'Upgrade: websocket', b'Connection: Upgrade'], [b'Upgrade: h2c', b'Connection: Upgrade'],
                        [b'Upgrade: websocket', b'Connection: Upgrade', b'Sec-WebSocket-Key: x', b'Sec-WebSocket-Version: 1']):
            sent = CRLF.join([b'GET /v1/feed?after=9 HTTP/1.1', b'Host: x', b'Authorization: Bearer ' + self.tokens['recorder'].encode(), *headers, b'', b''])
            self.refused(sent, 400, 426)

    def test_ten_thousand_connections_that_do_nothing(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = min(10_000, hard - 500)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 500), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        before = self.memory_kib()
        idle = [socket.create_connection((self.host, self.port), timeout=60) for _ in range(wanted)]
        try:
            self.assertEqual(self.post('/v1/events', release('a')).status, 201)
            self.assertLess((self.memory_kib() - before) / wanted, 40, 'KiB a connection')
            for one in (idle[0], idle[-1]):
                self.assertEqual(one.recv(1), b'', 'an idle connection stays for ever')
        finally:
            for one in idle:
                one.close()

    def test_one_connection_too_many_is_closed(self):
        self.stop()
        self.options = ('--connections', '5', '--idle-seconds', '2')
        self.start()
        five = [socket.create_connection((self.host, self.port)) for _ in range(5)]
        for one in five:
            one.sendall(b'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
            self.assertIn(b'200 OK', one.recv(4096))
        self.assertEqual(self.raw(b'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'), b'')
        for one in five:
            one.close()
        self.until(lambda: self.raw(b'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), lambda answer: answer != b'', 'one more is answered')

    def test_many_requests_at_once_are_answered_in_order(self):
        one = b'GET /v1/events?limit=%d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ' + self.tokens['recorder'].encode() + CRLF + CRLF
        received = self.raw(b''.join(one % i for i in range(1, 51)) + self.request(b'GET /healthz HTTP/1.1'))
        self.assertEqual(received.count(b'HTTP/1.1 200 OK'), 51)
        self.assertTrue(received.endswith(b'ok\n'))


if __name__ == '__main__':
    main()
