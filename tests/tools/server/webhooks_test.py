#!/usr/bin/env python3
"""Webhooks: signed, tried again, stopped; never to where they may not go."""
import base64
import hashlib
import hmac
import pathlib
import signal
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from receiver import Receiver, WebhookTest


def secret_of(character, count=24):
    return 'whsec_' + base64.b64encode(character * count).decode()


def signature(secret, headers, body):
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return 'v1,' + base64.b64encode(hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()).decode()


class Webhooks(WebhookTest):
    def test_an_event_is_sent_signed_as_standard_webhooks_says(self):
        made = self.put()
        self.assertEqual(made.status, 201)
        secret = made.json['secret']
        self.assertTrue(secret.startswith('whsec_'))
        self.record(release('a'))
        headers, event, body = self.receiver.next()
        self.assertEqual((event['id'], event['type'], headers['content-type']), ('a', 'chancery.prisoners.released', 'application/cloudevents+json'))
        self.assertEqual(headers['webhook-signature'], signature(secret, headers, body))
        self.assertNotIn('secret', self.get('/v1/webhooks/w').json)
        self.assertEqual(self.state_where(lambda state: state['lag'] == 0, 'all is sent')['sending'], 'sending')

    def test_what_fails_comes_again_with_the_same_id_and_after_the_last_try_is_parked(self):
        for _ in range(3):
            self.receiver.answers.put((500, {}))
        self.put(backoff_seconds=[0, 0])
        self.record(release('a'), release('b'))
        ids = [self.receiver.next()[0]['webhook-id'] for _ in range(4)]
        self.assertEqual(ids, ['w-1', 'w-1', 'w-1', 'w-2'])
        state = self.state_where(lambda state: state['lag'] == 0, 'all is sent')
        self.assertEqual((state['parked'], state['last_error']), (1, 'position 1: it answers 500'))
        self.post('/v1/webhooks/w/parked/1/replay', None)
        self.assertEqual(self.receiver.next()[0]['webhook-id'], 'w-1')

    def test_a_receiver_that_asks_to_be_called_again_soon_does_not_use_up_its_tries(self):
        self.receiver.answers.put((503, {'Retry-After': '0'}))
        self.put(backoff_seconds=[3600])
        self.record(release('a'))
        state = self.state_where(lambda state: state['last_error'], 'it failed')
        self.assertEqual((state['state'], state['parked']), ('backing off', 0))

    def test_what_was_acknowledged_is_not_sent_again_after_a_kill_or_a_rebuild(self):
        self.put()
        self.record(release('a'))
        self.receiver.next()
        self.state_where(lambda state: state['lag'] == 0, 'all is sent')
        self.stop(signal.SIGKILL)
        self.start()
        self.done('rebuild', 'index')
        self.record(release('b'))
        self.assertEqual(self.receiver.next()[1]['id'], 'b')
        self.assertTrue(self.receiver.got.empty())

    def test_a_receiver_that_is_gone_stops_it_until_it_is_put_again(self):
        self.receiver.answers.put((410, {}))
        self.put(backoff_seconds=[0])
        self.record(release('a'))
        self.receiver.next()
        state = self.state_where(lambda state: state['sending'] == 'stopped', 'it is stopped')
        self.assertIn('410', state['reason'])
        self.assertEqual(state['state'], 'stopped')
        self.assertEqual(self.get('/v1/webhooks').json[0]['state'], 'stopped')
        self.assertIn('"sending":"stopped"', (self.folder / 'server.log').read_text())
        self.put(backoff_seconds=[0])
        self.assertEqual(self.receiver.next()[1]['id'], 'a')

    def test_a_receiver_whose_answers_say_no_length_has_what_it_took(self):
        self.receiver.says_length = False
        self.put(backoff_seconds=[0])
        self.record(release('a'), release('b'))
        self.assertEqual([self.receiver.next()[0]['webhook-id'] for _ in range(2)], ['w-1', 'w-2'])
        state = self.state_where(lambda state: state['lag'] == 0, 'all is sent')
        self.assertEqual((state['parked'], state['last_error']), (0, None))

    def test_receivers_that_are_long_about_it_hold_up_nobody_elses(self):
        held = [f'a{number}' for number in range(20)]
        for name in held:
            self.assertEqual(self.ask('PUT', '/v1/webhooks/' + name, body={'url': self.receiver.url.replace('/hook', '/held')}).status, 201)
        self.ask('PUT', '/v1/webhooks/z', 'reader', {'url': self.receiver.url})
        self.record(release('a'))
        self.assertEqual(self.receiver.next()[0]['webhook-id'], 'z-1')
        # Those who wait have not been given up for it.
        self.assertEqual([self.get('/v1/webhooks/' + name).json['last_error'] for name in held], [None] * len(held))

    def test_of_two_who_put_one_new_name_one_has_it(self):
        answers = []
        putting = [threading.Thread(target=lambda role=role: answers.append(self.ask('PUT', '/v1/webhooks/w', role, {'url': self.receiver.url}).status)) for role in ('reader', 'partner', 'recorder')]
        for thread in putting:
            thread.start()
        for thread in putting:
            thread.join()
        self.assertEqual(sorted(answers), [201, 409, 409])

    def test_one_more_than_a_caller_can_have_is_a_conflict_until_one_is_removed(self):
        self.receiver.allows = None
        for number in range(100):
            self.assertEqual(self.ask('PUT', f'/v1/webhooks/w{number}', body={'url': self.receiver.url}).status, 201)
        answer = self.put()
        self.assertEqual((answer.status, answer.json['field'], answer.json['found']), (409, 'webhooks', '100, and one more'))
        self.assertEqual(self.ask('PUT', '/v1/webhooks/w0', body={'backoff_seconds': [1]}).status, 200)
        self.assertEqual(self.ask('DELETE', '/v1/webhooks/w0').status, 204)
        self.assertEqual(self.put().status, 201)

    def test_a_key_that_comes_twice_is_refused(self):
        answer = self.ask('PUT', '/v1/webhooks/w', body='{"url": "https://example.org/", "url": "https://example.com/"}', Content_Type='application/json')
        self.assertEqual((answer.status, answer.json['field'], answer.json['found']), (400, 'url', 'the key twice'))
        self.assertEqual(self.get('/v1/webhooks/w').status, 404)

    def test_private_addresses_are_not_reached_unless_they_are_allowed(self):
        self.stop()
        self.options = ()
        self.start()
        self.record(release('a'))
        port = self.receiver.url.split(':')[2]
        for host in ('127.0.0.1:', 'localhost:', '[::1]:', '[::ffff:127.0.0.1]:', '0.0.0.0:', '2130706433:'):
            self.ask('DELETE', '/v1/webhooks/w')
            answer = self.put(url=f'http://{host}{port}', after=0)
            if answer.status == 400:
                self.assertEqual(answer.json['field'], 'url')
                continue
            state = self.state_where(lambda state: state['reason'], 'it is told why it is not sent to')
            self.assertTrue(any(word in state['reason'] for word in ('may not be reached', 'not found', 'No such')), state['reason'])
        self.assertTrue(self.receiver.got.empty())

    def test_only_what_the_token_may_see_is_sent(self):
        self.ask('PUT', '/v1/webhooks/p', 'reader', {'url': self.receiver.url})
        self.record(release('hidden', visibility='restricted'), release('shown'))
        self.assertEqual(self.receiver.next()[1]['id'], 'shown')

    def test_a_webhook_whose_token_is_revoked_sends_no_more(self):
        self.put()
        self.state_where(lambda state: state['sending'] == 'sending', 'it is permitted to send')
        self.done('token', 'revoke', 'the-recorder')
        self.assertEqual(self.post('/v1/events', release('a'), 'admin').status, 201)
        state = self.state_where(lambda state: state['sending'] == 'stopped', 'it is stopped', 'admin')
        self.assertIn('revoked', state['reason'])
        self.assertTrue(self.receiver.got.empty())

    def test_a_webhook_stays_its_makers_whoever_changes_it(self):
        self.ask('PUT', '/v1/webhooks/w', 'reader', {'url': self.receiver.url})
        changed = self.ask('PUT', '/v1/webhooks/w', 'admin', {'backoff_seconds': [1]}).json
        self.assertEqual((changed['owner'], changed['visibility']), ('the-reader', 'public'))
        self.record(release('hidden', visibility='restricted'), release('shown'))
        self.assertEqual(self.receiver.next()[1]['id'], 'shown')

    def test_a_secret_that_was_replaced_goes_on_signing_beside_the_one_that_replaced_it_also_after_a_kill(self):
        one, two = secret_of(b'1'), secret_of(b'2', 64)
        self.assertEqual(self.put(secret=one).json['former_secrets'], [])
        changed = self.put(secret=two)
        self.assertEqual((changed.status, len(changed.json['former_secrets'])), (200, 1))
        self.assertNotIn(b'whsec_', changed.body + self.get('/v1/webhooks/w').body)
        for id in ('a', 'b'):
            self.record(release(id))
            headers, _, body = self.receiver.next()
            self.assertEqual(headers['webhook-signature'].split(' '), [signature(secret, headers, body) for secret in (two, one)])
            self.stop(signal.SIGKILL)
            self.start()
        self.assertEqual(self.get('/v1/webhooks/w').json['former_secrets'], changed.json['former_secrets'])

    def test_another_address_gets_no_signature_that_the_one_before_it_would_take(self):
        self.put(url=self.receiver.url + 'other', secret=secret_of(b'1'))
        self.put(url=self.receiver.url + 'other', secret=secret_of(b'2'))
        self.assertEqual(self.put().json['former_secrets'], [])
        self.record(release('a'))
        headers, _, body = self.receiver.next()
        self.assertEqual(headers['webhook-signature'], signature(secret_of(b'2'), headers, body))

    def test_secrets_of_another_length_or_form_are_refused_and_not_repeated(self):
        good, bare = secret_of(b'x'), secret_of(b'x')[6:]
        for secret in (secret_of(b'x', 23), secret_of(b'x', 65), 'whsec_', 'whsec_' + 'e' * 10000, bare, 'whsek_' + bare, good[:-1], good[:-4] + '\n' + bare[-3:], ' ' + good):
            answer = self.put(secret=secret)
            self.assertEqual((answer.status, answer.json['field'], answer.json['allowed']), (400, 'secret', 'whsec_ and 24 to 64 bytes in Base64'), secret)
            self.assertNotIn(bare[:8].encode(), answer.body)
        self.assertEqual(self.get('/v1/webhooks/w').status, 404)
        self.put(secret=good)
        self.assertEqual(self.put(secret=secret_of(b'y', 23)).status, 400)
        self.assertEqual(self.get('/v1/webhooks/w').json['former_secrets'], [])

    def test_no_more_is_sent_than_the_receiver_allows_also_after_a_restart(self):
        self.receiver.rate = '1'
        self.put()
        self.record(release('a'), release('b', stream='other'))
        self.receiver.next()
        state = self.state_where(lambda state: state['not_before'], 'it waits')
        self.assertEqual(state['allowed_rate'], 1)
        self.state_where(lambda state: state['position'] == 1, 'one is sent')
        self.stop(signal.SIGKILL)
        self.start()
        state = self.get('/v1/webhooks/w').json
        self.assertEqual((state['allowed_rate'], state['lag']), (1, 1))
        self.assertIsNotNone(state['not_before'])
        self.receiver.rate = '60000'
        self.put(url=self.receiver.url + '2')
        self.assertEqual(self.receiver.next()[1]['id'], 'b')
        self.assertEqual(self.get('/v1/webhooks/w').json['allowed_rate'], 60000)
        self.record(*[release(f'c{number}') for number in range(5)])
        self.assertEqual([self.receiver.next()[1]['id'] for _ in range(5)], [f'c{number}' for number in range(5)])

    def test_who_is_sent_to_slowly_holds_up_none_of_its_owners_others(self):
        self.receiver.rate = '1'
        slow = [f'a{number}' for number in range(6)]
        for name in slow:
            self.ask('PUT', '/v1/webhooks/' + name, body={'url': self.receiver.url})
        self.record(release('a'), release('b'))
        self.assertEqual({self.receiver.next()[0]['webhook-id'] for _ in slow}, {name + '-1' for name in slow})
        quick = Receiver()
        self.addCleanup(quick.close)
        self.ask('PUT', '/v1/webhooks/z', body={'url': quick.url, 'after': 0})
        self.assertEqual([quick.next()[1]['id'] for _ in range(2)], ['a', 'b'])

    def test_a_receiver_that_has_had_too_many_is_sent_nothing_until_it_says(self):
        self.receiver.answers.put((429, {'Retry-After': '3600'}))
        self.put()
        self.record(release('a'), release('b', stream='other'))
        self.assertEqual(self.receiver.next()[1]['id'], 'a')
        state = self.state_where(lambda state: state['not_before'], 'it waits')
        self.assertEqual((state['lag'], state['allowed_rate']), (2, None))
        self.record(release('c', stream='third'))
        self.assertTrue(self.receiver.got.empty())

    def test_urls_that_nothing_can_be_sent_to_are_refused(self):
        for url in ('', 'example.org', 'ftp://example.org/', 'http://', 'https://', 'https:///x', 'http://:80/', 'http:/x', 'https://example.org:0/', 'https://example.org:65536/', 'https://example.org:/',
                    'https://user:word@example.org/', 'https://user@example.org/', 'https://@example.org/', 'https://:@example.org/', 'https://a%40example.org/', 'https://example.org/#x', 'https://a b/',
                    'https://example.org/a b', 'https://example.org/\r\nX: y', 'https://example.org/\u0000', 'https://exa%0d%0ample.org/', 'https://a..b/', 'https://' + 'a' * 64 + '.org/', 'https://b\u00fccher.example/',
                    'https://[v1.x]/', 'https://[::1/', 'https://example.org/' + 'a' * 2048):
            answer = self.put(url=url)
            self.assertEqual((answer.status, answer.json['field']), (400, 'url'), url)
            self.assertTrue(answer.json['found'] and answer.json['allowed'], url)
            self.assertNotIn(b'word', answer.body)
        self.assertEqual(self.get('/v1/webhooks/w').status, 404)
        longest = 'http://127.0.0.1:1/'
        for number, url in enumerate(('HTTP://127.0.0.1:1', 'http://[2001:db8::1]:65535/?a=b', longest.ljust(2048, 'a'))):
            self.assertEqual(self.ask('PUT', f'/v1/webhooks/good{number}', body={'url': url}).status, 201, url)


if __name__ == '__main__':
    main()
