#!/usr/bin/env python3
"""Consumers: each event at least once, in order in its stream."""
import http.client
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import BINARY, MACHINE, main, release
from served import ServedTest


class Consumers(ServedTest):
    def make(self, name='c', **settings):
        answer = self.ask('PUT', f'/v1/consumers/{name}', body=settings)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json

    def next(self, limit=1, name='c', **more):
        return self.post(f'/v1/consumers/{name}/next', {'limit': limit} | more).json['events']

    def acknowledge(self, handed, name='c'):
        return self.post(f'/v1/consumers/{name}/ack', {'events': [{'position': one['position'], 'lease': one['lease']} for one in handed]})

    def send_back(self, one, name='c', reason='no', **more):
        return self.post(f'/v1/consumers/{name}/nack', {'position': one['position'], 'lease': one['lease'], 'reason': reason} | more)

    def state(self, name='c'):
        return self.get(f'/v1/consumers/{name}').json

    def test_what_is_acknowledged_does_not_come_again_also_after_a_kill(self):
        self.record(release('a'), release('b'), release('c'))
        self.make()
        first, = self.next()
        self.assertEqual((first['event']['id'], first['attempt']), ('a', 1))
        self.assertEqual(self.acknowledge([first]).status, 200)
        second, = self.next()
        self.stop(signal.SIGKILL)
        self.start()
        again = self.next(5)
        self.assertEqual([one['event']['id'] for one in again], ['b', 'c'])
        self.assertEqual(self.acknowledge([second]).status, 409)
        self.assertEqual(self.acknowledge(again).json['position'], 3)
        state = self.state()
        self.assertEqual((state['state'], state['lag'], state['last_error']), ('up to date', 0, None))

    def test_to_say_again_that_something_is_done_is_no_error_and_a_list_is_done_as_a_whole_or_not_at_all(self):
        self.record(*(release(id, stream=id) for id in ('a', 'b', 'c')))
        self.make()
        a, b, c = self.next(3)
        self.assertEqual(self.acknowledge([c]).status, 200)
        for again in ([c], [c, c]):
            self.assertEqual(self.acknowledge(again).status, 200)
        self.assertEqual(self.acknowledge([a, b | {'lease': 'none'}]).status, 409)
        self.assertEqual(self.state()['position'], 0)
        self.assertEqual(self.acknowledge([a, b]).json['position'], 3)
        self.assertEqual(self.acknowledge([a]).status, 200)

    def test_what_a_consumer_wants_is_bounded(self):
        for wants in (['t'] * 101, ['t' * 257]):
            answer = self.ask('PUT', '/v1/consumers/c', body={'tag': wants})
            self.assertEqual((answer.status, answer.json['field']), (400, 'tag'))
            self.assertIn('up to', answer.json['allowed'])

    def test_a_group_shares_the_work_and_each_stream_is_done_in_order(self):
        self.record(release('a1', stream='a'), release('a2', stream='a'), release('b1', stream='b'), release('a3', stream='a'))
        self.make()
        one, two = self.next(), self.next(2)
        self.assertEqual([x['event']['id'] for x in one + two], ['a1', 'b1'])
        self.assertEqual(self.next(), [])
        self.acknowledge(one)
        self.assertEqual([x['event']['id'] for x in self.next(5)], ['a2', 'a3'])
        self.assertEqual(self.next(5), [])

    def test_what_is_sent_back_comes_again_later_and_what_came_after_it_in_its_stream_too(self):
        self.record(release('a1', stream='a'), release('b1', stream='b'))
        self.record(release('a2', stream='a'))
        self.make(backoff_seconds=[0, 0])
        first = self.next()[0]
        self.assertEqual(self.send_back(first, delay_seconds=3600).status, 200)
        self.assertEqual([x['event']['id'] for x in self.next(5)], ['b1'])
        state = self.state()
        self.assertEqual((state['position'], state['last_error'], state['state']), (0, 'position 1: no', 'working'))

    def test_after_the_last_try_it_is_parked_to_be_looked_at_replayed_or_dropped(self):
        self.record(release('bad'), release('good'))
        self.make(backoff_seconds=[0])
        for attempt in (1, 2):
            one, = self.next()
            self.assertEqual((one['event']['id'], one['attempt']), ('bad', attempt))
            self.send_back(one, reason=f'try {attempt}')
        parked, = self.get('/v1/consumers/c/parked').json
        self.assertEqual((parked['position'], parked['attempts'], parked['reason']), (1, 2, 'try 2'))
        good, = self.next()
        self.assertEqual(good['event']['id'], 'good')
        self.acknowledge([good])
        self.stop()
        self.start()
        self.assertEqual(self.state()['parked'], 1)
        self.assertEqual(self.post('/v1/consumers/c/parked/1/replay', None).json['parked'], 0)
        again, = self.next()
        self.assertEqual(again['event']['id'], 'bad')
        self.send_back(again, park=True)
        self.assertEqual(self.ask('DELETE', '/v1/consumers/c/parked/1').json['parked'], 0)
        self.assertEqual(self.next(), [])

    def test_a_lease_that_ends_counts_as_a_try(self):
        self.record(release('a'))
        self.make(lease_seconds=1, backoff_seconds=[0])
        first, = self.next()
        second, = self.next(wait_seconds=30)
        self.assertEqual((second['attempt'], second['event']['id']), (2, 'a'))
        self.assertEqual(self.acknowledge([first]).status, 409)
        self.assertEqual(self.state()['last_error'], 'position 1: the lease ended without an answer')

    def test_a_lease_outlives_a_server_that_is_told_to_stop_and_not_one_that_is_killed(self):
        self.record(release('a'), release('b', stream='other'))
        self.make(lease_seconds=3600)
        one, other = self.next(2)
        self.stop()
        self.start()
        self.assertEqual(self.state()['leased'], 2)
        self.assertEqual(self.next(2), [])
        self.assertEqual(self.acknowledge([one]).status, 200)
        self.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.next(2), [])
        self.assertEqual(self.acknowledge([other]).status, 200)
        self.record(release('c'))
        self.assertEqual([handed['event']['id'] for handed in self.next(3)], ['c'])
        self.stop(signal.SIGKILL)
        self.start()
        self.assertEqual([(handed['event']['id'], handed['attempt']) for handed in self.next(3)], [('c', 1)])

    def test_whoever_asks_can_wait_for_what_comes(self):
        self.make()
        import threading
        found = []
        waiter = threading.Thread(target=lambda: found.extend(self.next(wait_seconds=30)))
        waiter.start()
        self.record(release('a'))
        waiter.join()
        self.assertEqual(found[0]['event']['id'], 'a')

    def test_filters_and_the_beginning_are_told_when_it_is_made(self):
        self.record(release('a'), release('b', stream='other'), release('c', stream='other'))
        self.make(stream='other', after=2)
        self.assertEqual([x['event']['id'] for x in self.next(5)], ['c'])

    def test_tail_has_one_position_whether_the_ledger_is_served_or_copied(self):
        def told(ledger=None, *options):
            out = self.done('tail', '--consumer', 'desk', '--once', *options, ledger=ledger or self.ledger).out
            return [json.loads(line)['id'] for line in out.splitlines()]

        self.record(*[release(id) for id in 'abc'])
        self.assertEqual(told(None, '--after', 'pos:1'), ['b', 'c'])
        self.assertEqual(self.get('/v1/consumers/desk', 'admin').json['position'], 3)
        self.record(release('d'))
        self.stop()
        copy = self.folder / 'copy'
        shutil.copytree(self.ledger, copy)
        self.assertEqual(told(), ['d'])
        self.assertEqual(told(), [])
        self.assertEqual(told(copy), ['d'])
        self.start()
        self.assertEqual(told(), [])
        self.assertEqual(self.get('/v1/consumers/desk', 'admin').json['position'], 4)

    def test_tail_hands_out_all_however_many_there_are(self):
        total = 2300
        self.record(*[release(f'e{i:04}', summary='x' * 100) for i in range(total)])
        for number, options in enumerate(((), ('--batch', '999'), ('--batch', str(total)), ('--batch', '5000'), ('--exec', 'cat >> told'))):
            out = self.done('tail', '--consumer', f'c{number}', '--once', *options).out or (self.folder / 'told').read_text()
            self.assertEqual([json.loads(line)['id'] for line in out.splitlines()], [f'e{i:04}' for i in range(total)], options)
            self.assertEqual(self.get(f'/v1/consumers/c{number}', 'admin').json['position'], total)
        seen = self.run_program('--server', self.url, 'tail', '--after', 'pos:0', '--once', env={'CHANCERY_TOKEN': self.tokens['reader']}).rows
        self.assertEqual(len(seen), total)
        self.stop()
        self.done('record', '--batch', '1', self.file('more.ndjson', *[release(f'm{i}', occurred=f'2024-01-{1 + i % 28:02}') for i in range(150)]))
        changes = self.done('tail', '--view', 'prisoners', '--after', 'pos:0', '--once').out
        self.start('--rows', '100')
        self.assertEqual(len(self.done('tail', '--after', 'pos:0', '--once').rows), total + 150)
        self.assertEqual(self.done('tail', '--view', 'prisoners', '--after', 'pos:0', '--once').out, changes)
        self.assertGreater(changes.count('\n'), 150)

    def test_of_two_that_follow_as_one_consumer_through_a_server_one_is_told(self):
        self.make('c')
        self.record(release('a'), release('b'))
        self.assertEqual(self.post('/v1/consumers/c/ack', {'up_to': 1, 'from': 0}).json['position'], 1)
        self.assertEqual(self.post('/v1/consumers/c/ack', {'up_to': 1, 'from': 0}).json['position'], 1)
        answer = self.post('/v1/consumers/c/ack', {'up_to': 2, 'from': 0})
        self.assertEqual((answer.status, answer.json['field']), (409, 'from'))
        self.assertEqual(self.post('/v1/consumers/c/ack', {'up_to': 2, 'from': 1}).json['position'], 2)

    def test_who_waits_for_an_event_is_handed_none_after_the_token_is_revoked(self):
        self.ask('PUT', '/v1/consumers/p', 'partner', {})
        connection = self.connect()
        connection.request('POST', '/v1/consumers/p/next', '{"wait_seconds": 60}', {'Authorization': 'Bearer ' + self.tokens['partner']})
        self.done('token', 'revoke', 'the-partner')
        self.record(release('a', visibility='partner'))
        response = connection.getresponse()
        self.assertEqual((response.status, json.loads(response.read())['field']), (401, 'Authorization'))
        connection.close()

    def test_numbers_that_are_none_are_refused(self):
        self.make('c')
        for path, body, field in (('c', {'backoff_seconds': [1.5]}, 'backoff_seconds'), ('c', {'backoff_seconds': [-1]}, 'backoff_seconds'),
                                  ('c/ack', {'events': [{'position': 1.5, 'lease': 'x'}]}, 'events'), ('c/ack', {'events': [{'position': -1, 'lease': 'x'}]}, 'events'), ('c/ack', {'up_to': 1.5}, 'up_to')):
            answer = self.ask('PUT' if '/' not in path else 'POST', '/v1/consumers/' + path, body=body)
            self.assertEqual((answer.status, answer.json['field']), (400, field), body)

    def test_tail_goes_on_where_an_earlier_version_kept_its_position_in_a_file(self):
        self.record(*[release(id) for id in 'abc'])
        self.stop()
        (self.ledger / 'consumers').mkdir()
        (self.ledger / 'consumers' / 'old').write_text('00000000000000000002\n')
        (self.ledger / 'consumers' / 'bad').write_text('2\n')
        told = self.done('tail', '--consumer', 'old', '--once', '--after', 'pos:0').rows
        self.assertEqual([row['id'] for row in told], ['c'])
        self.assertEqual(self.done('tail', '--consumer', 'old', '--once').out, '')
        self.assertIn('20 digits', self.refused('tail', '--consumer', 'bad', '--once', code=MACHINE))

    def test_tail_does_not_acknowledge_what_a_consumer_with_a_filter_waits_for(self):
        owner = http.client.HTTPConnection('localhost')
        owner.sock = socket.socket(socket.AF_UNIX)
        owner.sock.connect(str(self.ledger / 'socket'))
        made = self.ask('PUT', '/v1/consumers/some', None, {'type': 'letter.sent'}, owner)
        owner.close()
        self.assertEqual((made.json['owner'], made.json['wants']), ('', {'type': ['letter.sent']}))
        self.assertIn('wants only some', self.refused('tail', '--consumer', 'some', '--once'))
        self.stop()
        self.assertIn('wants only some', self.refused('tail', '--consumer', 'some', '--once'))

    def test_tail_goes_on_as_its_consumer_while_servers_come_and_go(self):
        command = [BINARY, '--ledger', str(self.ledger), 'tail', '--consumer', 'desk', '--every', '0.02']
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environment()) as tail:
            told = []

            def told_next(id):
                # A batch that the server was asked for, and could not say whole before it went, is asked for again.
                while id not in told:
                    told.append(json.loads(tail.stdout.readline())['id'])

            try:
                for number in range(3):
                    self.record(release(f'served-{number}'))
                    told_next(f'served-{number}')
                    self.stop()
                    self.done('--wait', 30, 'record', self.file('one.ndjson', release(f'alone-{number}')))
                    told_next(f'alone-{number}')
                    self.start('--wait', '30')
            finally:
                tail.kill()
        self.assertLess(len(told), 20)
        self.assertEqual(list(dict.fromkeys(told)), [f'{where}-{number}' for number in range(3) for where in ('served', 'alone')])

    def test_whoever_changes_a_consumer_it_is_handed_what_its_maker_may_see(self):
        self.ask('PUT', '/v1/consumers/theirs', 'reader', {})
        changed = self.ask('PUT', '/v1/consumers/theirs', 'admin', {'lease_seconds': 2, 'backoff_seconds': [1, 2]}).json
        self.assertEqual((changed['owner'], changed['visibility'], changed['backoff_seconds']), ('the-reader', 'public', [1, 2]))
        self.record(release('hidden', visibility='restricted'), release('shown'))
        handed = self.post('/v1/consumers/theirs/next', {'limit': 9}, 'admin').json['events']
        self.assertEqual([one['event']['id'] for one in handed], ['shown'])

    def test_a_worker_may_make_its_consumer_whenever_it_starts(self):
        self.record(release('a'), release('b'))
        self.make('c', after=1, type='prisoners.released')
        self.acknowledge(self.next())
        answer = self.ask('PUT', '/v1/consumers/c', body={'after': 1, 'type': 'prisoners.released'})
        self.assertEqual((answer.status, answer.json['position']), (200, 2))

    def test_a_consumer_is_its_makers(self):
        self.make()
        self.assertEqual(self.get('/v1/consumers/c', 'reader').status, 404)
        self.assertEqual(self.ask('PUT', '/v1/consumers/c', 'reader', {}).status, 409)
        self.assertEqual((self.get('/v1/consumers', 'reader').json, len(self.get('/v1/consumers', 'admin').json)), ([], 1))
        self.assertEqual(self.ask('DELETE', '/v1/consumers/c').status, 204)
        self.assertEqual(self.get('/v1/consumers/c').status, 404)

    def test_nothing_is_lost_and_nothing_comes_twice_where_settings_change_while_something_is_done_out_of_turn(self):
        self.record(release('x1', stream='x'), release('y1', stream='y'), release('z1', stream='z'))
        self.make(backoff_seconds=[0, 0])
        x1, y1 = self.next(2)
        self.acknowledge([y1])
        self.ask('PUT', '/v1/consumers/c', body={'backoff_seconds': [0, 0]})
        self.assertEqual([one['event']['id'] for one in self.next(1)], ['z1'])
        self.assertEqual(self.acknowledge([x1]).json['position'], 2)
        self.stop(signal.SIGKILL)
        self.start()
        self.assertEqual([one['event']['id'] for one in self.next(5)], ['z1'])

    def test_what_is_not_wanted_is_passed_over_again_after_a_kill_and_nothing_is_lost(self):
        self.make(type='letter.*')
        self.record(*[release(f'e{i}') for i in range(3)])
        self.assertEqual((self.next(), self.state()['position']), ([], 3))
        self.stop(signal.SIGKILL)
        self.start()
        self.record({'id': 'l', 'type': 'letter.sent', 'occurred': '2025-09-11', 'data': {'from': 'state:USA', 'to': 'state:BLR'}})
        self.assertEqual([one['event']['id'] for one in self.next(5)], ['l'])

    def test_an_acknowledgement_after_a_restart_reaches_no_further_than_it_says(self):
        self.record(*[release(f'e{i}', stream=f's{i}') for i in range(5)])
        self.make(backoff_seconds=[0, 0])
        handed = self.next(5)
        self.send_back(handed[3])
        self.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.post('/v1/consumers/c/ack', {'up_to': 1}).json['position'], 1)
        self.stop(signal.SIGKILL)
        self.start()
        self.assertEqual([one['event']['id'] for one in self.next(9)], ['e1', 'e2', 'e3', 'e4'])

    def test_a_parked_event_that_is_to_come_again_outlives_an_acknowledgement_of_all(self):
        self.record(release('a'), release('b'))
        self.make(backoff_seconds=[0])
        self.send_back(self.next()[0], park=True)
        self.post('/v1/consumers/c/parked/1/replay', None)
        self.post('/v1/consumers/c/ack', {'up_to': 2})
        self.assertEqual([one['event']['id'] for one in self.next(5)], ['a'])

    def test_a_token_that_may_see_less_now_is_given_less(self):
        self.record(release('hidden', visibility='restricted'), release('shown'))
        self.make()
        self.done('token', 'revoke', 'the-recorder')
        self.tokens['recorder'] = self.done('token', 'add', 'the-recorder', '--role', 'reader').out.strip()
        self.assertEqual([one['event']['id'] for one in self.next(5)], ['shown'])

    def test_a_key_that_comes_twice_is_refused_wherever_it_is(self):
        self.make()
        for method, path, body, field in (('PUT', 'c', '{"lease_seconds": 60, "type": "letter.sent", "lease_seconds": 1}', 'lease_seconds'),
                                          ('PUT', 'd', '{"tag": "a", "t\\u0061g": "b"}', 'tag'),
                                          ('POST', 'c/next', '{"limit": 1, "limit": 1}', 'limit'),
                                          ('POST', 'c/ack', '{"events": [{"position": 1, "lease": "x", "position": 2}]}', 'events[0].position')):
            answer = self.ask(method, '/v1/consumers/' + path, body=body, Content_Type='application/json')
            self.assertEqual((answer.status, answer.json['field'], answer.json['found']), (400, field, 'the key twice'), body)
        self.assertEqual((self.state()['lease_seconds'], self.get('/v1/consumers/d').status), (30, 404))

    def test_one_more_than_a_caller_can_have_is_a_conflict_until_one_is_removed(self):
        for number in range(100):
            self.make(f'c{number}')
        answer = self.ask('PUT', '/v1/consumers/more', body={})
        self.assertEqual((answer.status, answer.json['field'], answer.json['found']), (409, 'consumers', '100, and one more'))
        self.assertIn('100 of one owner', answer.json['allowed'])
        self.assertEqual(self.ask('PUT', '/v1/consumers/c0', body={'lease_seconds': 5}).status, 200)
        self.assertEqual(self.ask('PUT', '/v1/consumers/theirs', 'reader', {}).status, 201)
        self.assertEqual(self.ask('DELETE', '/v1/consumers/c0').status, 204)
        self.make('more')

    def test_bad_requests_name_the_member(self):
        for body, field in (({'lease': 1}, 'lease'), ({'lease_seconds': 0}, 'lease_seconds'), ({'type': 5}, 'type'), ({'after': 9}, 'after'), ({'backoff_seconds': 3}, 'backoff_seconds')):
            answer = self.ask('PUT', '/v1/consumers/x', body=body)
            self.assertEqual((answer.status, answer.json['field']), (400, field))
        self.make()
        self.assertEqual(self.post('/v1/consumers/c/ack', {}).status, 400)
        self.assertEqual(self.post('/v1/consumers/c/nack', {'position': 1, 'lease': 'x', 'reason': ''}).status, 400)


if __name__ == '__main__':
    main()
