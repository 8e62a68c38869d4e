#!/usr/bin/env python3
"""Consumers whose process is killed, at every step of their work, have each event at least once; exactly once with their position beside
their output. CHANCERY_SEED in the environment chooses the moments."""
import collections
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from served import ServedTest

# Dies when it comes for the n-th time to a step. `upto` is how far the output is of each stream, in the transaction of the output.
BEGIN = textwrap.dedent('''
    import http.client, json, os, signal, sqlite3, sys
    host, port, token, database, last, step, times = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5]), sys.argv[6], int(sys.argv[7])

    def at(name):
        global times
        times -= name == step
        if name == step and times == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    connection = http.client.HTTPConnection(host, port)

    def send(method, path, body=None):
        connection.request(method, path, json.dumps(body) if body else None, {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'})

    def answer():
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    store = sqlite3.connect(database, isolation_level=None)
    store.execute('create table if not exists tried (position integer)')
    store.execute('create table if not exists acknowledged (position integer, tries integer)')
    store.execute('create table if not exists copied (stream text, position integer)')
    store.execute('create table if not exists upto (stream text primary key, position integer)')

    def copy(stream, position):
        store.execute('insert into tried values (?)', (position,))
        at('tried')
        store.execute('begin immediate')
        before = store.execute('select position from upto where stream = ?', (stream,)).fetchone()
        if not before or before[0] < position:
            store.execute('insert into copied values (?, ?)', (stream, position))
            store.execute('insert or replace into upto values (?, ?)', (stream, position))
        at('written')
        store.execute('commit')
        at('committed')
''')

# Works through a durable consumer, until all is acknowledged.
LEASER = BEGIN + textwrap.dedent('''
    send('GET', '/v1/consumers/copy')
    done = answer()[1]['position']
    while done < last:
        send('POST', '/v1/consumers/copy/next', {'limit': 3, 'wait_seconds': 60})
        handed = answer()[1]['events']
        if handed:
            at('leased')
        for one in handed:
            copy(one['event']['stream'], one['position'])
            send('POST', '/v1/consumers/copy/ack', {'events': [{'position': one['position'], 'lease': one['lease']}]})
            at('sent')
            status, state = answer()
            # Where the lease has ended meanwhile it comes again, and what comes after it too.
            if status != 200:
                break
            store.execute('insert into acknowledged select ?, count(*) from tried', (one['position'],))
            done = state['position']
            at('acknowledged')
''')

# Reads on after what it has; for it all events are one stream.
READER = BEGIN + textwrap.dedent('''
    while True:
        after = store.execute('select coalesce(max(position), 0) from upto').fetchone()[0]
        if after == last:
            break
        send('GET', f'/v1/events?after={after}&limit=3')
        events = answer()[1]['events']
        at('asked')
        for event in events:
            copy('', event['position'])
''')


class Copies(ServedTest):
    def setUp(self):
        super().setUp()
        seed = int(os.environ.get('CHANCERY_SEED', random.randrange(1 << 32)))
        print('CHANCERY_SEED =', seed)
        self.chance = random.Random(seed)
        self.total = 80
        self.streams = {i + 1: self.chance.choice('abcde') for i in range(self.total)}
        self.record(*[release(f'e{position}', stream=stream) for position, stream in self.streams.items()])
        self.database = self.folder / 'copy.sqlite'

    def rows(self, query):
        store = sqlite3.connect(self.database)
        try:
            return store.execute(query).fetchall()
        finally:
            store.close()

    def work(self, script, step='', times=0):
        """One life of a process that works; at the step it kills itself."""
        command = [sys.executable, script, self.host, str(self.port), self.tokens['recorder'], self.database, str(self.total), step, str(times)]
        self.assertEqual(subprocess.run(command, timeout=250).returncode, -signal.SIGKILL if step else 0)

    def work_through_deaths(self, text, steps):
        """Dies twice at each step, in any order and after some events or at once, and then comes to the end."""
        script = self.file('worker.py', text)
        deaths = [*steps, *steps]
        self.chance.shuffle(deaths)
        for step in deaths:
            self.work(script, step, self.chance.randrange(1, 4))
        self.work(script)

    def test_a_consumer_killed_at_any_moment_has_every_event_at_least_once_in_order_and_with_its_position_beside_its_output_exactly_once(self):
        # Each life that ends in the midst of an event leaves a lease, which must end, and counts as a try.
        self.assertEqual(self.ask('PUT', '/v1/consumers/copy', body={'lease_seconds': 1, 'backoff_seconds': [0] * 100}).status, 201)
        self.work_through_deaths(LEASER, ('leased', 'tried', 'written', 'committed', 'sent', 'acknowledged'))
        tried = [position for position, in self.rows('select position from tried order by rowid')]
        # Those killed before they acknowledged had it again: the deaths did happen where they should.
        self.assertGreaterEqual(len(tried), self.total + 6)
        first_times = collections.defaultdict(list)
        for position in dict.fromkeys(tried):
            first_times[self.streams[position]].append(position)
        expected = collections.defaultdict(list)
        for position, stream in self.streams.items():
            expected[stream].append(position)
        self.assertEqual(first_times, expected)
        for position, tries in self.rows('select position, tries from acknowledged'):
            self.assertNotIn(position, tried[tries:])
        copied = collections.defaultdict(list)
        for stream, position in self.rows('select stream, position from copied order by rowid'):
            copied[stream].append(position)
        self.assertEqual(copied, expected)
        self.assertEqual(self.get('/v1/consumers/copy/parked').json, [])

    def test_a_reader_killed_at_any_moment_that_keeps_its_position_beside_its_output_has_every_event_exactly_once(self):
        self.work_through_deaths(READER, ('asked', 'tried', 'written', 'committed'))
        self.assertGreaterEqual(len(self.rows('select 1 from tried')), self.total + 4)
        self.assertEqual(self.rows('select position from copied order by rowid'), [(position,) for position in self.streams])


if __name__ == '__main__':
    main()
