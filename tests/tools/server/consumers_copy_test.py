#!/usr/bin/env python3
"""A consumer that keeps its position beside its output has each event exactly once."""
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

# Copies events into SQLite, the position in the same transaction; ends when it has them all.
COPIER = textwrap.dedent('''
    import http.client, json, sqlite3, sys
    host, port, token, database, last = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
    store = sqlite3.connect(database)
    store.execute('create table if not exists copied (id text, position integer)')
    store.execute('create table if not exists upto (position integer)')
    position = (store.execute('select max(position) from upto').fetchone()[0]) or 0
    connection = http.client.HTTPConnection(host, port)
    while position < last:
        connection.request('GET', f'/v1/events?after={position}&limit=7', headers={'Authorization': 'Bearer ' + token})
        for event in json.loads(connection.getresponse().read())['events']:
            with store:
                store.execute('insert into copied values (?, ?)', (event['id'], event['position']))
                store.execute('insert into upto values (?)', (event['position'],))
            position = event['position']
            print(position, flush=True)
''')


class Copies(ServedTest):
    def test_a_consumer_that_is_killed_at_any_moment_has_every_event_exactly_once_with_its_position_beside_its_output(self):
        seed = int(os.environ.get('CHANCERY_SEED', random.randrange(1 << 32)))
        print('CHANCERY_SEED =', seed)
        chance = random.Random(seed)
        total = 60
        self.record(*[release(f'e{i}') for i in range(total)])
        script, database = self.file('copier.py', COPIER), self.folder / 'copy.sqlite'
        kills, done = 0, 0
        while done != total:
            # Each comes one event further at least.
            self.assertLess(kills, total, f'after {kills} kills the copy is at {done} of {total}')
            copier = subprocess.Popen([sys.executable, script, self.host, str(self.port), self.tokens['recorder'], database, str(total)], stdout=subprocess.PIPE)
            for _ in range(chance.randrange(1, 15)):
                if not copier.stdout.readline():
                    break
            copier.send_signal(signal.SIGKILL)
            copier.wait()
            copier.stdout.close()
            kills += 1
            done = sqlite3.connect(database).execute('select max(position) from upto').fetchone()[0]
        self.assertGreater(kills, 3)
        rows = sqlite3.connect(database).execute('select position from copied order by rowid').fetchall()
        self.assertEqual(rows, [(i,) for i in range(1, total + 1)])


if __name__ == '__main__':
    main()
