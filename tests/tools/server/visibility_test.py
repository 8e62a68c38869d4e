#!/usr/bin/env python3
"""Through no route does a reader learn of an event above its level."""
import json
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from feed_test import WebSocket
from program import main
from served import ServedTest
from small_affair import with_recorded_at

# What tells of the hidden events: ids, summaries, instruments. `secret` is restricted, `answer` for partners.
HIDDEN = {'reader': ['secret', 'A hidden easing', '"answer"', 'B praises A'], 'partner': ['secret', 'A hidden easing']}
VIEWS = 'prisoners sanctions missions relations correspondence commitments licences estimates envoys parties flights lists'.split()


class Visibility(ServedTest):
    def prepare(self):
        self.done('record', '--preserve-recorded-at', self.file('affair.ndjson', *with_recorded_at()))

    def see(self, role, answer, path):
        text = answer.body.decode(errors='replace') + str(answer.headers)
        for word in HIDDEN[role]:
            self.assertNotIn(word, text, path)

    def paths(self):
        yield from ('/v1/events', '/v1/events?order=newest', '/v1/events?order=occurred', '/v1/events?grep=hidden', '/v1/events?measure=usa/belavia',
                    '/v1/events?party=state:USA', '/v1/events?causes=gl11', '/v1/streams/usa%2Fbelavia', '/v1/streams/actions', '/v1/events/release',
                    '/v1/events/release/trace', '/v1/events/letter/trace', '/v1/events/release?known=pos:7', '/v1/events/gl11', '/v1/events?known=pos:7&order=newest', '/v1/views', '/', '/v1/consumers', '/v1/webhooks')
        for view in VIEWS:
            yield from (f'/v1/views/{view}', f'/v1/views/{view}?explain', f'/v1/views/{view}?count', f'/v1/views/{view}/changes?after=0',
                        f'/v1/views/{view}/timeline?key=usa/belavia', f'/v1/views/{view}/history?key=usa/belavia', f'/v1/views/{view}/diff?at=2025-09-10..2026&known=pos:0..now')

    def test_no_answer_tells_of_it_in_any_format(self):
        for role in HIDDEN:
            for path in self.paths():
                for accept in ('application/json', 'application/x-ndjson', 'text/csv', 'text/html', 'text/markdown'):
                    answer = self.get(path, role, Accept=accept)
                    self.assertIn(answer.status, (200, 406), path)
                    self.see(role, answer, path)

    def test_its_id_and_its_position_are_those_of_nothing(self):
        for name in ('secret', 'pos:6'):
            for path in (f'/v1/events/{name}', f'/v1/events/{name}/trace', f'/v1/events?causes={name}'):
                hidden, nothing = self.get(path, 'reader'), self.get(path.replace(name, 'nothing'), 'reader')
                self.assertEqual((hidden.status, hidden.json['allowed']), (404, nothing.json['allowed']), path)
                self.assertEqual(hidden.json['found'].replace(name, 'nothing'), nothing.json['found'])

    def test_no_revision_counts_what_is_hidden(self):
        for event in self.get('/v1/events', 'reader').json['events']:
            self.assertNotIn('revision', event)

    def test_a_level_above_ones_own_is_refused(self):
        for path in ('/v1/events', '/v1/views/sanctions', '/v1/events/release', '/v1/views/sanctions/changes'):
            answer = self.get(path + '?visibility=restricted', 'reader')
            self.assertEqual((answer.status, answer.json['allowed']), (400, 'public'), path)
            self.assertEqual(self.get(path + '?visibility=public', 'partner').status, 200)

    def test_no_feed_tells_of_it(self):
        for role in HIDDEN:
            count = {'reader': 10, 'partner': 11}[role]
            with self.follow('/v1/feed?after=0', role) as feed:
                text = json.dumps(feed.messages(count))
            socket = WebSocket(self, '/v1/feed?after=0', role)
            text += json.dumps(socket.messages(count))
            socket.close()
            with self.follow('/v1/views/sanctions/feed?after=0', role) as feed:
                text += json.dumps(feed.messages(1))
            for word in HIDDEN[role]:
                self.assertNotIn(word.replace('"', '\\"'), text)

    def test_no_consumer_is_given_it(self):
        self.ask('PUT', '/v1/consumers/mine', 'reader', {'after': 0})
        events = self.post('/v1/consumers/mine/next', {'limit': 100}, 'reader')
        self.assertEqual(len(events.json['events']), 10)
        self.see('reader', events, 'next')

    def test_no_command_tells_of_it(self):
        def run(role, *words):
            head = json.dumps({'arguments': words, 'environment': {}, 'screen': {'terminal': False, 'colour': False, 'columns': 0}, 'files': []})
            return self.post('/v1/commands', head + '\n', role, Content_Type='application/octet-stream')
        for words in (['log'], ['log', '--format', 'md'], ['replay'], ['view', 'sanctions'], ['view', 'sanctions', '--explain'], ['show', 'release'], ['trace', 'letter'],
                      ['history', 'sanctions', 'usa/belavia'], ['tail', '--once', '--after', 'pos:0'], ['log', '--count'], ['show', 'secret']):
            answer = run('reader', *words)
            self.assertEqual(answer.status, 200)
            self.see('reader', answer, words) if words != ['show', 'secret'] else self.assertNotIn(b'hidden easing', answer.body)
        # A command that is to get the lines is the caller's, and is started by nobody here.
        self.assertEqual(run('reader', 'replay', '--exec', f'touch {self.folder}/started').status, 200)
        self.assertFalse((self.folder / 'started').exists())
        self.assertIn(b'allowed: public', run('reader', 'log', '--visibility', 'restricted').body)
        for words in (['add', 'letter.sent', 'from=person:a', 'to=person:b', 'occurred=2025'], ['stats'], ['rebuild'], ['record', 'x'], ['retract', 'secret', '--reason', 'x'], ['serve'], ['token', 'list']):
            answer = run('reader', *words)
            self.assertTrue(answer.status == 200 and b'; allowed: ' in answer.body and b'\x00\x01' in answer.body[-6:], (words, answer.body))

    def test_an_answer_that_is_kept_is_kept_for_its_level_alone(self):
        path = '/v1/views/sanctions?at=2026&known=pos:12'
        tags = {role: self.get(path, role).headers['ETag'] for role in ('reader', 'partner', 'recorder')}
        self.assertEqual(len(set(tags.values())), 3)
        self.assertEqual(self.get(path, 'reader', If_None_Match=tags['recorder']).status, 200)
        self.assertIn('private', self.get(path, 'reader').headers['Cache-Control'])


if __name__ == '__main__':
    main()
