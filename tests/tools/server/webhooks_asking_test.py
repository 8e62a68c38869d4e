#!/usr/bin/env python3
"""Webhooks: who is sent events was asked first, by a name that it can know, and said that it wants them."""
import datetime
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from receiver import WebhookTest


class Asking(WebhookTest):
    def test_nothing_is_sent_to_whoever_has_not_said_that_it_wants_it(self):
        self.receiver.allows = None
        self.put()
        self.record(release('a'))
        self.state_where(lambda state: 'WebHook-Allowed-Origin' in state['reason'], 'it is told that it has no consent')
        self.assertTrue(self.receiver.got.empty())
        self.receiver.allows = self.receiver.asked
        self.put()
        self.assertEqual(self.receiver.next()[1]['id'], 'a')

    def asked_as(self, *options):
        """The origin by which a server that is told so asks who does not want events."""
        self.stop()
        self.receiver.asked = None
        self.start(*options)
        return self.until(lambda: self.receiver.asked, lambda asked: asked, 'the receiver is asked')

    def test_who_is_asked_is_told_a_dns_name_the_one_that_is_told_or_the_public_one_and_never_the_machines(self):
        self.receiver.allows = None
        self.put()
        self.assertEqual(self.asked_as('--public-url', 'https://ledger.example.org:8443'), 'ledger.example.org')
        self.assertEqual(self.asked_as('--public-url', 'https://ledger.example.org', '--webhook-origin', 'news.example.org'), 'news.example.org')
        self.assertEqual(self.asked_as(), 'chancery')
        self.assertEqual(self.asked_as('--public-url', 'http://127.0.0.1:8420'), 'chancery')
        self.assertEqual(self.asked_as('--public-url', 'http://[::1]:8420'), 'chancery')

    def test_an_origin_that_is_no_dns_name_is_refused(self):
        for origin in ('https://ledger.example.org', 'ledger.example.org:443', '127.0.0.1', '2130706433', '[::1]', '::1', '*', 'a b', 'ledger.example.org.', 'a..b', 'x' * 64, 'b\u00fccher.example'):
            self.assertIn('webhook-origin: found ', self.refused('serve', '--webhook-origin', origin, '--print-config'))
        self.assertIn('\nwebhook-origin = ledger.example.org\n', self.done('serve', '--webhook-origin', 'ledger.example.org', '--print-config').out)

    def test_who_permitted_another_origin_is_asked_again_and_sent_nothing_before(self):
        self.receiver.allows = 'one.example.org'
        self.put()
        self.assertEqual(self.asked_as('--webhook-origin', 'one.example.org'), 'one.example.org')
        self.state_where(lambda state: state['sending'] == 'sending', 'it is permitted to send')
        self.stop()
        self.start('--webhook-origin', 'two.example.org')
        self.record(release('a'))
        reason = self.state_where(lambda state: state['reason'], 'it is told that it has no consent')['reason']
        self.assertIn('two.example.org or *', reason)
        self.assertTrue(self.receiver.got.empty())
        self.stop()
        self.start('--webhook-origin', 'one.example.org')
        self.assertEqual(self.receiver.next()[1]['id'], 'a')

    def test_whoever_did_not_want_events_is_asked_again_by_itself(self):
        self.receiver.allows = None
        self.put()
        self.record(release('a'))
        state = self.state_where(lambda state: state['reason'], 'it is told that it has no consent')
        self.assertEqual(state['sending'], 'asking')
        self.receiver.allows = '*'
        self.assertEqual(self.receiver.next()[1]['id'], 'a')
        self.assertEqual(self.get('/v1/webhooks/w').json['reason'], '')

    def test_when_it_is_asked_again_is_told_and_a_put_has_it_asked_at_once(self):
        self.receiver.options_status = 405
        self.put()
        first = self.state_where(lambda state: state['ask_again'], 'it is told when it is asked again')
        self.assertGreater(first['ask_again'], datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S'))
        self.receiver.options_status = 200
        self.put()
        state = self.state_where(lambda state: state['sending'] == 'sending', 'it is asked')
        self.assertIsNone(state['ask_again'])

    def test_a_rate_that_is_none_is_no_consent(self):
        for rate in ('0', '-1', '1.5', 'ten', '1 per second'):
            self.receiver.rate = rate
            self.put()
            state = self.state_where(lambda state: f'"{rate}"' in state['reason'], f'the rate {rate} is no consent')
            self.assertEqual((state['sending'], state['allowed_rate']), ('asking', None))

    def test_who_is_asked_and_sent_to_is_told_by_whom_each_time(self):
        self.ask('PUT', '/v1/webhooks/dotted.name', body={'url': self.receiver.url})
        self.record(release('a'))
        headers = self.receiver.next()[0]
        self.assertEqual(headers['webhook-request-origin'], self.receiver.asked)
        # A rate that is asked for is a whole number from 1 on.
        self.assertIsNone(self.receiver.asked_rate)
        self.assertEqual(headers['webhook-id'], 'dotted~name-1')

    def test_who_knows_no_options_is_sent_nothing_and_its_owner_told_what_is_missing(self):
        self.receiver.options_status = 405
        self.put()
        self.record(release('a'))
        reason = self.state_where(lambda state: state['reason'], 'it is told why it is not sent to')['reason']
        for part in ('405', 'OPTIONS', 'no consent', f'WebHook-Allowed-Origin: {self.receiver.asked} or *', 'asked again'):
            self.assertIn(part, reason)
        self.assertTrue(self.receiver.got.empty())


if __name__ == '__main__':
    main()
