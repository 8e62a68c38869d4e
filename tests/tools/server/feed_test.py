#!/usr/bin/env python3
"""The feeds: from any position, then live, with no gap and no duplicate."""
import base64
import contextlib
import json
import os
import pathlib
import random
import socket
import struct
import sys
import threading
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from served import ServedTest


class WebSocket:
    """As little of RFC 6455 as a client needs."""

    def __init__(self, test, path, role='recorder'):
        self.socket = socket.create_connection((test.host, test.port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f'GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n'
                             f'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: cloudevents.json\r\nAuthorization: Bearer {test.tokens[role]}\r\n\r\n').encode())
        self.file = self.socket.makefile('rb')
        self.head = b''
        while not self.head.endswith(b'\r\n\r\n'):
            byte = self.file.read(1)
            if not byte:
                break
            self.head += byte

    def frame(self):
        first, second = self.file.read(2)
        length = second & 127
        if length == 126:
            length, = struct.unpack('>H', self.file.read(2))
        elif length == 127:
            length, = struct.unpack('>Q', self.file.read(8))
        return first & 15, self.file.read(length)

    def messages(self, count):
        found = []
        while len(found) < count:
            kind, body = self.frame()
            if kind == 1:
                found.append(json.loads(body))
        return found

    def send(self, kind, body=b'', fin=True):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(body))
        length = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0x80 | 126]) + struct.pack('>H', len(body))
        self.socket.sendall(bytes([(0x80 if fin else 0) | kind]) + length + mask + masked)

    def close(self):
        self.file.close()
        self.socket.close()


class Feed(ServedTest):
    def test_a_feed_begins_where_it_is_told_and_goes_on_live(self):
        self.record(release('a'), release('b'))
        with self.follow('/v1/feed?after=0') as feed:
            self.assertEqual([message['id'] for message in feed.messages(2)], ['1', '2'])
            self.record(release('c'))
            message, = feed.messages(1)
            self.assertEqual((message['id'], json.loads(message['data'])['id']), ('3', 'c'))

    def test_a_browser_that_comes_back_goes_on_where_it_was(self):
        self.record(release('a'), release('b'), release('c'))
        with self.follow('/v1/feed?after=0', Last_Event_ID='2') as feed:
            self.assertEqual(feed.messages(1)[0]['id'], '3')

    def test_a_feed_without_a_beginning_tells_what_comes(self):
        self.record(release('a'))
        with self.follow('/v1/feed') as feed:
            self.record(release('b'))
            self.assertEqual(feed.messages(1)[0]['id'], '2')

    def test_filters_leave_out_the_rest(self):
        letter = {'id': 'letter', 'type': 'letter.sent', 'occurred': '2025', 'data': {'from': 'person:a', 'to': 'person:b'}, 'tags': ['t']}
        self.record(release('a'), letter, release('b', stream='other'))
        for number, (query, wanted) in enumerate((('type=letter.*', ['2']), ('party=state:BLR', ['1', '3']), ('stream=other', ['3']), ('tag=t', ['2']), ('type=letter.sent&party=state:BLR', []))):
            with self.follow(f'/v1/feed?after=0&{query}') as feed:
                self.record(dict(letter, id=f'end-{number}', tags=['t'], stream='other', data={'from': 'state:BLR', 'to': 'person:b'}))
                found = [message['id'] for message in feed.messages(len(wanted) + 1)]
            self.assertEqual([one for one in found if int(one) <= 3], wanted, query)

    def test_there_is_no_gap_and_no_duplicate_where_catching_up_meets_what_is_new(self):
        seed = int(os.environ.get('CHANCERY_SEED', random.randrange(1 << 32)))
        print('CHANCERY_SEED =', seed)
        chance = random.Random(seed)
        total = 600
        self.record(*[release(f'before-{i}') for i in range(200)])

        def write():
            connection, done = self.connect(), 200
            while done < total:
                batch = min(chance.choice((1, 1, 2, 7)), total - done)
                self.ask('POST', '/v1/events', body=[release(f'e-{done + i}') for i in range(batch)], connection=connection)
                done += batch
            connection.close()

        writer = threading.Thread(target=write)
        writer.start()
        begins = [0, 1, chance.randrange(200), 199, 200]
        for begin in begins:
            with self.follow(f'/v1/feed?after={begin}') as feed:
                ids = [int(message['id']) for message in feed.messages(total - begin)]
            self.assertEqual(ids, list(range(begin + 1, total + 1)))
        writer.join()

    def test_a_position_above_the_end_is_refused(self):
        answer = self.get('/v1/feed?after=5')
        self.assertEqual((answer.status, answer.json['field'], answer.json['allowed']), (400, 'after', '0 to 0'))
        self.assertEqual(self.get('/v1/feed', Last_Event_ID='x').status, 400)

    def test_what_is_no_id_of_a_feed_is_refused_with_the_form_of_one(self):
        self.record(release('a'), release('b'))
        for last in ('x', '1/x', '3/1', '0/1', '1/1', '/1', '2/'):
            answer = self.get('/v1/views/prisoners/feed', Last_Event_ID=last)
            self.assertEqual((answer.status, answer.json['field'], answer.json['found']), (400, 'Last-Event-ID', f'"{last}"'))
            self.assertIn('POSITION, 0 to 2; or POSITION/N', answer.json['allowed'])
        answer = self.get('/v1/feed', Last_Event_ID='1/1')
        self.assertEqual((answer.json['field'], answer.json['allowed']), ('Last-Event-ID', '0 to 2'))

    def test_a_silent_feed_says_that_it_is_there(self):
        self.stop()
        self.start('--ping-seconds', '1')
        self.record(release('a'))
        with self.follow('/v1/feed?type=letter.*') as feed:
            told = [feed.response.readline() for _ in range(5)]
            self.assertEqual(told, [b'id: 1\n', b': begin\n', b'\n', b'id: 1\n', b': ping\n'])

    def test_whoever_begins_now_is_told_where_that_is_so_that_a_cut_loses_nothing(self):
        self.record(release('a'))
        for path in ('/v1/feed', '/v1/views/prisoners/feed'):
            with self.follow(path) as feed:
                self.assertEqual((feed.response.readline(), feed.response.headers['Chancery-Position']), (b'id: 1\n', '1'))
            with self.follow(path, Last_Event_ID='0') as feed:
                self.assertEqual(feed.messages(1)[0]['id'][0], '1')

    def test_a_feed_of_a_token_that_is_revoked_ends_whatever_becomes_of_its_name(self):
        for path in ('/v1/feed', '/v1/views/prisoners/feed'):
            with self.follow(path, 'partner') as feed:
                self.done('token', 'revoke', 'the-partner')
                self.tokens['partner'] = self.done('token', 'add', 'the-partner', '--role', 'reader').out.strip()
                self.assertEqual(feed.messages(1)[0]['event'], 'end')
            self.done('token', 'revoke', 'the-partner')
            self.tokens['partner'] = self.done('token', 'add', 'the-partner', '--role', 'partner').out.strip()

    def test_a_server_that_stops_ends_a_feed_cleanly_with_where_to_go_on(self):
        self.record(release('a'))
        with self.follow('/v1/feed?after=0') as feed:
            feed.messages(1)
            self.assertEqual(self.stop(), 0)
            message, = feed.messages(1)
            self.assertEqual((message['event'], json.loads(message['data'])), ('end', {'after': 1}))

    def test_a_slow_reader_stops_nobody_and_is_cut_after_a_while(self):
        self.stop()
        self.start('--stall-seconds', '1')
        with socket.create_connection((self.host, self.port)) as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.sendall(f'GET /v1/feed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.tokens["recorder"]}\r\n\r\n'.encode())
            self.assertIn(b'200 OK', slow.recv(4096))
            before = self.memory_kib()
            text = 'x' * 30000
            for i in range(20):
                self.assertEqual(self.post('/v1/events', [release(f'{i}-{j}', summary=text[:500], ext={'text': text}) for j in range(30)]).status, 201)
            self.until(lambda: self.get('/metrics', 'admin').body.decode(), lambda metrics: 'chancery_feeds_cut_total 1\n' in metrics, 'the feed is cut')
            self.assertLess(self.memory_kib() - before, 150_000)

    def test_a_view_is_followed_row_by_row_with_the_position_that_changed_it(self):
        self.record(release('a', 52))
        self.record(release('b', 51, corrects='a'))
        with self.follow('/v1/views/prisoners/feed?after=0') as feed:
            found = feed.messages(3)
            self.assertEqual([(message['id'], json.loads(message['data'])['change']) for message in found], [('1/1', 'opened'), ('2/1', 'closed'), ('2/2', 'opened')])
            self.assertIsNone(json.loads(found[0]['data'])['known_to'])
            self.record(release('c', 3, occurred='2025-10'))
            self.assertEqual(feed.messages(1)[0]['id'].split('/')[0], '3')
        for last, first in (('1/1', '2/1'), ('2/1', '2/2'), ('2', '3/1')):
            with self.follow('/v1/views/prisoners/feed', Last_Event_ID=last) as feed:
                self.assertEqual(feed.messages(1)[0]['id'], first)

    def test_a_websocket_of_a_token_that_is_revoked_is_closed_as_against_the_rules_with_where_it_was(self):
        self.record(release('a'))
        one = WebSocket(self, '/v1/feed?after=0', 'partner')
        one.messages(1)
        self.done('token', 'revoke', 'the-partner')
        kind, body = one.frame()
        self.assertEqual((kind, struct.unpack('>H', body[:2]), body[2:]), (8, (1008,), b'after=1; the token is none any longer'))
        one.close()

    def test_a_websocket_that_takes_nothing_is_cut_after_a_while_whatever_it_says(self):
        self.stop()
        self.start('--stall-seconds', '1')
        one = WebSocket(self, '/v1/feed?after=0')
        text = 'x' * 30000
        for i in range(20):
            self.record(*[release(f'{i}-{j}', summary=text[:500], ext={'text': text}) for j in range(30)])

        def metrics_after_a_pong():
            with contextlib.suppress(OSError):
                one.send(10)
            return self.get('/metrics', 'admin').body.decode()

        self.until(metrics_after_a_pong, lambda metrics: 'chancery_feeds_cut_total 1\n' in metrics, 'the feed is cut')
        one.close()

    def test_one_follower_too_many_is_told(self):
        self.stop()
        self.start('--followers', '1')
        self.record(release('a'))
        with self.follow('/v1/feed?after=0') as feed:
            feed.messages(1)
            self.assertEqual(self.get('/v1/feed').status, 503)

    def test_a_websocket_is_sent_cloudevents(self):
        self.stop()
        self.start('--stop-seconds', '1')
        self.record(release('a'))
        socket_ = WebSocket(self, '/v1/feed?after=0')
        self.assertIn(b'101 Switching Protocols', socket_.head)
        self.assertIn(b'Chancery-Position: 0\r\n', socket_.head)
        self.assertIn(b'cloudevents.json', socket_.head)
        self.record(release('b'))
        first, second = socket_.messages(2)
        self.assertEqual((first['id'], first['type'], first['specversion'], second['id']), ('a', 'chancery.prisoners.released', '1.0', 'b'))
        socket_.send(9, b'hello')
        self.assertEqual(socket_.frame(), (10, b'hello'))
        self.stop()
        kind, body = socket_.frame()
        self.assertEqual((kind, body[2:]), (8, b'after=2'))
        socket_.close()

    def test_cloudevents_are_the_same_however_they_are_asked_for(self):
        self.record(release('hidden', visibility='restricted'), release('a', because_of=['hidden']), release('b/c', stream='other'), {'id': 'r', 'type': 'record.retracted', 'retracts': 'a', 'data': {'reason': 'wrong'}})
        batch, single = 'application/cloudevents-batch+json', 'application/cloudevents+json'
        for role in ('reader', 'recorder'):
            answer = self.get('/v1/events', role, Accept=batch)
            self.assertEqual((answer.status, answer.headers['Content-Type'], answer.headers['Chancery-Position']), (200, batch, '4'))
            socket_ = WebSocket(self, '/v1/feed?after=0', role)
            self.assertEqual(answer.json, socket_.messages(len(answer.json)))
            socket_.close()
            self.assertEqual([event['id'] for event in answer.json], (['hidden'] if role == 'recorder' else []) + ['a', 'b/c', 'r'])
            for event in answer.json:
                one = self.get('/v1/events/' + urllib.parse.quote(event['id'], safe=''), role, Accept=single)
                self.assertEqual((one.headers['Content-Type'], one.json), (single, event))
        first = self.get('/v1/events?limit=2', Accept=batch)
        self.assertEqual((len(first.json), first.headers['Chancery-Next'], 'ETag' in first.headers), (2, '2', True))
        self.assertEqual(self.get('/v1/streams/other', Accept=batch).json, [event for event in answer.json if event['subject'] == 'other'])
        self.assertEqual(self.get('/v1/events?type=letter.sent', Accept=batch).json, [])
        self.assertEqual(self.get('/v1/events', Accept='*/*').headers['Content-Type'], 'application/json')
        for path, accept in (('/v1/events', single), ('/v1/events/a', batch), ('/v1/events/a/trace', single)):
            self.assertEqual(self.get(path, Accept=accept).status, 406)


if __name__ == '__main__':
    main()
