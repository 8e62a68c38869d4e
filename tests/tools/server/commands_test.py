#!/usr/bin/env python3
"""What commands promise that a server runs, beyond what they promise anywhere."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import BINARY, MACHINE, main, release
from served import ServedTest

MANY = 40_000


class Commands(ServedTest):
    def through_url(self, *words, role='recorder', **more):
        return self.run_program('--server', self.url, *words, env={'CHANCERY_TOKEN': self.tokens[role]}, ledger=self.folder / 'nowhere', **more)

    def begin(self, *words, url=False):
        """A command whose output is read by the test, when it likes."""
        place = ['--server', self.url] if url else ['--ledger', str(self.ledger)]
        command = subprocess.Popen([BINARY, *place, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
                                   env=self.environment() | {'CHANCERY_TOKEN': self.tokens['recorder']})
        self.addCleanup(command.wait)
        self.addCleanup(command.kill)
        self.addCleanup(command.stderr.close)
        self.addCleanup(command.stdout.close)
        return command

    def many(self):
        return self.file('many.ndjson', *(release(f'many/{i}') for i in range(MANY)))

    def test_only_an_admin_may_say_who_recorded_an_event_and_when(self):
        forged = [release(id, recorded_by='somebody', recorded_at=f'20{year}-01-01T00:00:00Z') for year, id in enumerate('abc', 20)]
        refused = self.through_url('record', '--preserve-recorded-at', self.file('a', forged[0]))
        self.assertEqual(refused.code, 1)
        self.assertIn('--preserve-recorded-at: found a token', refused.err)
        self.assertEqual(self.through_url('record', '--preserve-recorded-at', self.file('b', forged[1]), role='admin').code, 0)
        self.done('record', '--preserve-recorded-at', self.file('c', forged[2]))
        self.assertEqual([event['id'] for event in self.events()], ['b', 'c'])

    def test_a_recording_ends_with_whoever_wanted_it(self):
        for url in (False, True):
            # Until its lines are read, there are more than are under way.
            record = self.begin('record', '--format', 'ndjson', '--batch', 100, self.many(), url=url)
            self.assertTrue(record.stdout.readline())
            record.send_signal(signal.SIGINT)
            record.wait()
            # It lets what is under way end.
            self.assertEqual(self.stop(), 0)
            there = len(self.events())
            self.assertGreater(there, 0)
            self.assertLess(there, MANY)
            self.start()

    def test_a_recording_whose_server_dies_says_how_far_it_came_and_goes_on(self):
        record = self.begin('record', '--format', 'ndjson', '--batch', 100, self.many())
        self.assertTrue(record.stdout.readline())
        self.stop(signal.SIGKILL)
        told = record.stdout.read().count(b'\n') + 1
        err = record.stderr.read().decode()
        self.assertEqual(record.wait(), MACHINE)
        self.assertRegex(err, r'many\.ndjson: \d+ lines: \d+ new.*; it stopped after line \d+: what is committed stands, and the same command goes on from there')
        acknowledged = int(err.split('after line ')[1].split(':')[0])
        self.assertGreaterEqual(acknowledged, told)
        self.assertGreaterEqual(len(self.events()), acknowledged)
        self.start()
        self.done('record', self.folder / 'many.ndjson')
        self.assertEqual(len(self.events()), MANY)

    def test_a_command_that_waits_for_the_ledger_goes_through_the_server_that_took_it(self):
        (self.ledger / 'socket').rename(self.ledger / 'not-yet')
        self.assertIn('in use by', self.refused('log', '--count'))
        for words in (['log', '--count'], ['replay'], ['tail', '--once']):
            waiting = self.begin('--wait', 60, *words)
            # It waits for the lock when it has its file open.
            while str(self.ledger.resolve() / 'lock') not in self.open_files(waiting.pid):
                self.assertIsNone(waiting.poll())
            (self.ledger / 'not-yet').rename(self.ledger / 'socket')
            self.assertEqual(waiting.wait(), 0, words)
            (self.ledger / 'socket').rename(self.ledger / 'not-yet')
        (self.ledger / 'not-yet').rename(self.ledger / 'socket')

    @staticmethod
    def open_files(pid):
        paths = []
        for descriptor in pathlib.Path(f'/proc/{pid}/fd').iterdir():
            # It may be closed by then.
            with contextlib.suppress(FileNotFoundError):
                paths.append(os.readlink(descriptor))
        return paths

    def test_small_commands_need_no_room_for_temporary_files_and_large_ones_say_that_they_do(self):
        self.stop()
        self.start(env={'TMPDIR': str(self.folder / 'missing')})
        self.done('add', 'prisoners.released', 'holder=state:BLR', 'count=1', 'occurred=2025')
        self.assertEqual(self.done('log', '--count').code, 0)
        err = self.refused('record', self.many(), code=MACHINE)
        self.assertIn('$TMPDIR of the server', err)

    def test_a_refused_line_that_cannot_be_kept_is_not_lost(self):
        (self.folder / 'stdin.rejected').symlink_to('/dev/full')
        lines = json.dumps(release('a')).encode() + b'\nnot an event\n'
        ran = self.run_program('record', '--skip-invalid', '-', stdin=lines)
        self.assertEqual(ran.code, MACHINE)
        self.assertIn('stdin.rejected: found No space left on device', ran.err)
        self.assertIn('not an event\n', ran.err)

    def test_what_is_too_large_for_a_server_is_told_of_the_file(self):
        self.stop()
        self.start('--body-bytes', '100000')
        ran = self.through_url('record', self.many())
        self.assertEqual(ran.code, 1)
        size = (self.folder / 'many.ndjson').stat().st_size
        self.assertRegex(ran.err, rf'many\.ndjson: found {size} bytes.*100000.*; allowed: smaller files')

    def test_a_consumer_is_not_shared_without_being_told(self):
        self.record(release('a'))
        self.assertEqual(self.through_url('tail', '--once', '--consumer', 'desk').rows[0]['id'], 'a')
        self.assertIn("--consumer: found \"desk\", which is the-recorder's", self.refused('tail', '--once', '--consumer', 'desk'))
        taken = self.through_url('tail', '--once', '--consumer', 'desk', role='partner')
        self.assertEqual(taken.code, 1)
        self.assertIn('--consumer: found "desk", which somebody else has', taken.err)
        self.stop()
        self.assertIn("which is the-recorder's", self.refused('tail', '--once', '--consumer', 'desk'))

    def test_a_consumer_says_what_is_told_as_it_and_is_told_nothing_else(self):
        self.record(release('a'), release('b'))
        self.assertEqual(self.through_url('tail', '--once', '--consumer', 'desk', '--view', 'prisoners').code, 0)
        self.assertEqual(self.ask('GET', '/v1/consumers/desk').json['follows'], {'view': 'prisoners', 'visibility': 'restricted'})
        other = self.through_url('tail', '--once', '--consumer', 'desk')
        self.assertEqual(other.code, 1)
        self.assertIn('--consumer: found "desk", as which changes of prisoners are told at level restricted; allowed: the same view and visibility', other.err)
        self.assertEqual(self.ask('POST', '/v1/consumers/desk/next', body={}).status, 409)
        self.assertEqual(self.ask('PUT', '/v1/consumers/desk', body={'lease_seconds': 5}).json['follows']['view'], 'prisoners')
        self.assertEqual(self.ask('POST', '/v1/consumers/desk/ack', body={'up_to': 2, 'follows': {}}).status, 409)
        self.assertEqual(self.ask('POST', '/v1/consumers/desk/ack', body={'up_to': 2, 'follows': {'view': 'prisoners'}}).status, 200)
        for bad in ({'view': 'nothing'}, {'visibility': 'secret'}, {'x': 1}, 'prisoners', {'view': 1}):
            self.assertEqual(self.ask('POST', '/v1/consumers/desk/ack', body={'up_to': 2, 'follows': bad}).status, 400, bad)
        self.assertEqual(self.ask('POST', '/v1/consumers/desk/ack', body={'events': [], 'follows': {}}).status, 400)

    def test_an_acknowledgement_that_is_refused_changes_nothing_of_what_a_consumer_follows(self):
        self.record(*(release(f'r{i}') for i in range(6)))
        self.ask('PUT', '/v1/consumers/one', body={'after': 3})
        for bad, status in (({'up_to': 5, 'from': 2}, 409), ({'up_to': 2}, 400)):
            self.assertEqual(self.ask('POST', '/v1/consumers/one/ack', body=bad | {'follows': {'view': 'prisoners'}}).status, status)
            self.assertIsNone(self.ask('GET', '/v1/consumers/one').json['follows'])
        self.assertEqual(self.ask('POST', '/v1/consumers/one/next', body={}).status, 200)

    def test_a_consumer_that_was_handed_events_is_not_told_the_changes_of_a_view_from_there_on(self):
        self.record(*(release(f'r{i}') for i in range(6)))
        for name, move in (('leases', None), ('moved', {'up_to': 4})):
            self.ask('PUT', f'/v1/consumers/{name}', body={})
            if move:
                self.assertEqual(self.ask('POST', f'/v1/consumers/{name}/ack', body=move).status, 200)
            else:
                for _ in range(6):
                    handed = self.ask('POST', f'/v1/consumers/{name}/next', body={'limit': 6}).json['events']
                    done = [{'position': one['position'], 'lease': one['lease']} for one in handed]
                    self.assertEqual(self.ask('POST', f'/v1/consumers/{name}/ack', body={'events': done}).status, 200)
            self.assertIn(f'--consumer: found "{name}", as which events are told at level restricted', self.through_url('tail', '--once', '--consumer', name, '--view', 'prisoners').err)
        self.stop()
        self.start()
        self.assertIn('as which events are told', self.through_url('tail', '--once', '--consumer', 'leases', '--view', 'prisoners').err)
        self.assertEqual(self.through_url('tail', '--once', '--consumer', 'leases').code, 0)

    def test_an_admin_does_not_follow_as_anothers_consumer_without_being_told(self):
        self.record(release('a'))
        self.assertEqual(self.through_url('tail', '--once', '--consumer', 'desk').code, 0)
        self.assertEqual(self.run_program('tail', '--once', '--consumer', 'own').code, 0)
        self.record(release('b'))
        for name, owner in (('desk', 'the-recorder'), ('own', "the ledger's owner")):
            ran = self.through_url('tail', '--once', '--consumer', name, role='admin')
            self.assertEqual((ran.code, ran.out), (1, ''))
            self.assertIn(f'--consumer: found "{name}", which is {owner}\'s; allowed: ', ran.err)
        self.assertEqual([row['id'] for row in self.through_url('tail', '--once', '--consumer', 'desk').rows], ['b'])

    def test_of_two_that_follow_as_one_consumer_the_second_is_told_before_it_tells_anything(self):
        self.record(release('a'))
        first = self.begin('tail', '--consumer', 'desk', url=True)
        self.assertEqual(json.loads(first.stdout.readline())['id'], 'a')
        with contextlib.ExitStack() as still:
            first.send_signal(signal.SIGSTOP)
            still.callback(first.send_signal, signal.SIGCONT)
            self.record(release('b'))
            second = self.through_url('tail', '--once', '--consumer', 'desk')
        self.assertEqual((second.code, second.out), (1, ''))
        self.assertIn('--consumer: found "desk", as which another process follows', second.err)
        first.kill()
        first.wait()
        self.assertEqual(self.through_url('tail', '--once', '--consumer', 'desk').code, 0)

    def test_a_command_is_not_started_for_a_server_that_is_away(self):
        self.stop()
        self.assertEqual(self.through_url('replay', '--exec', f'touch {self.folder}/started').code, MACHINE)
        self.assertFalse((self.folder / 'started').exists())

    def test_a_url_and_a_token_are_taken_as_they_are_meant_or_refused_without_being_repeated(self):
        self.record(release('a'))
        url, token = self.url.replace('http', 'HTTP'), {'CHANCERY_TOKEN': self.tokens['reader']}
        self.assertEqual(self.run_program('--server', url, 'log', '--count', env=token).code, 0)
        refused = self.run_program('--server', self.url.replace('//', '//me:secret@'), 'log', env=token)
        self.assertEqual(refused.code, 1)
        self.assertIn('--server: found a URL with a name or a password in it', refused.err)
        self.assertNotIn('secret', refused.err)
        refused = self.run_program('--server', self.url, 'log', env={'CHANCERY_TOKEN': self.tokens['reader'] + '\n'})
        self.assertEqual(refused.code, 1)
        self.assertIn('CHANCERY_TOKEN: found a token with', refused.err)
        self.assertNotIn(self.tokens['reader'], refused.err)

    def test_a_server_that_says_nothing_is_told_after_the_wait(self):
        with self.held_still():
            for place in (['--ledger', str(self.ledger)], ['--server', self.url]):
                for words in (['log', '--count'], ['tail', '--once'], ['replay']):
                    ran = subprocess.run([BINARY, *place, '--wait', '0.2', *words], capture_output=True, timeout=60, env=self.environment() | {'CHANCERY_TOKEN': self.tokens['reader']})
                    self.assertEqual(ran.returncode, MACHINE, (words, ran.stderr))
                    self.assertIn(b'allowed: a server that can be reached, and answers', ran.stderr)

    def test_a_server_that_stops_in_the_midst_of_an_answer_is_given_up(self):
        self.stop()
        self.start('--ping-seconds', '1')
        self.done('record', self.many())
        replay = self.begin('replay')
        self.assertTrue(replay.stdout.readline())
        with self.held_still():
            replay.stdout.read()
            self.assertEqual(replay.wait(), MACHINE)
            self.assertIn(b'timed out', replay.stderr.read())

    def ask_to_run(self, *words, role='recorder'):
        head = {'arguments': words, 'environment': {}, 'screen': {'terminal': False, 'colour': False, 'columns': 0}, 'files': []}
        return ('POST', '/v1/commands', json.dumps(head) + '\n', {'Authorization': 'Bearer ' + self.tokens[role], 'Content-Type': 'application/octet-stream'})

    def test_a_server_says_that_it_is_there_while_a_command_has_nothing_to_say(self):
        self.stop()
        self.start('--ping-seconds', '1')
        for round in range(10):
            # The more there is, the longer it takes.
            self.done('record', self.file('more.ndjson', *(release(f'{round}/{i}') for i in range(MANY))))
            connection = self.connect()
            connection.request(*self.ask_to_run('rebuild', role='admin'))
            answer = connection.getresponse()
            self.assertEqual(answer.headers['Chancery-Ping-Seconds'], '1')
            told = answer.read()
            connection.close()
            if b'e\0\0\0\0' in told:
                return
        self.fail('it kept still')

    def test_a_command_ends_when_nobody_reads_it_though_its_server_has_said_nothing(self):
        with self.held_still():
            for place in (False, True):
                log = self.begin('--wait', '3600', 'log', '--format', 'table', url=place)
                log.stdout.close()
                self.assertEqual(log.wait(), -signal.SIGPIPE)

    def test_a_server_does_not_go_on_for_a_command_that_has_left(self):
        self.stop()
        self.start('--workers', '1')
        self.done('record', self.many())
        before = self.processor_time()
        self.done('log', '--format', 'table')
        whole = self.processor_time() - before
        before = self.processor_time()
        connection = self.connect()
        connection.request(*self.ask_to_run('log', '--format', 'table'))
        connection.getresponse()
        connection.close()
        # The only worker answers this when it is done with that.
        self.assertEqual(self.get('/v1/events?limit=1').status, 200)
        self.assertLess(self.processor_time() - before, whole / 2)

    def test_what_stdout_cannot_take_leaves_the_messages_as_they_are(self):
        self.record(release('a'))
        with open('/dev/full', 'wb') as full:
            ran = subprocess.run([BINARY, '--ledger', str(self.ledger), 'log', '--format', 'ndjson'], stdout=full, stderr=subprocess.PIPE, env=self.environment())
        self.assertEqual(ran.returncode, MACHINE)
        self.assertEqual(ran.stderr.decode().splitlines()[0], 'position: 1')


if __name__ == '__main__':
    main()
