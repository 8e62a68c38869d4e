#!/usr/bin/env python3
"""How the server starts, stops, keeps its word under load, and speaks TLS."""
import json
import os
import pathlib
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import BINARY, main, release
from served import ServedTest


class Operation(ServedTest):
    def load(self, how):
        """Records from several connections until the server is gone; what was acknowledged must be there."""
        acknowledged = [[] for _ in range(4)]

        def write(number):
            connection = self.connect()
            try:
                for i in range(100_000):
                    answer = self.ask('POST', '/v1/events', body=release(f'{number}-{i}'), connection=connection)
                    if answer.status != 201:
                        return
                    acknowledged[number].append(f'{number}-{i}')
            except (OSError, __import__('http').client.HTTPException):
                pass

        writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for writer in writers:
            writer.start()
        while min(map(len, acknowledged)) < 30:
            pass
        code = self.stop(how)
        for writer in writers:
            writer.join()
        there = {event['id'] for event in self.events()}
        missing = [id for ids in acknowledged for id in ids if id not in there]
        self.assertEqual(missing, [])
        return code

    def test_sigterm_under_load_loses_nothing_that_was_acknowledged(self):
        self.assertEqual(self.load(signal.SIGTERM), 0)

    def test_a_kill_under_load_loses_nothing_that_was_acknowledged(self):
        self.load(signal.SIGKILL)

    def test_what_is_under_way_ends_before_the_server_does(self):
        body = json.dumps(release('a')).encode()
        with socket.create_connection((self.host, self.port), timeout=30) as connection:
            connection.sendall(b'POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n'
                               % (self.tokens['recorder'].encode(), len(body)))
            self.assertIn(b'100 Continue', connection.recv(4096))
            self.server.send_signal(signal.SIGTERM)
            connection.sendall(body)
            self.assertIn(b'201 Created', connection.recv(4096))
        self.assertEqual(self.stop(), 0)

    def test_a_second_server_of_the_same_ledger_is_refused_by_the_name_of_the_first(self):
        self.assertIn('chancery serve', self.refused('serve', '--listen', '127.0.0.1:0'))

    def test_the_socket_is_its_owners_alone_and_goes_with_the_server(self):
        self.assertEqual((self.ledger / 'socket').stat().st_mode & 0o777, 0o600)
        self.stop(signal.SIGKILL)
        self.assertEqual(self.events(), [])
        self.start()
        self.assertEqual(self.events(), [])
        self.stop()
        self.assertFalse((self.ledger / 'socket').exists())

    def test_a_port_that_is_taken_and_an_address_that_is_none_are_told(self):
        for listen in (f'127.0.0.1:{self.port}', '192.0.2.1:80', 'localhost:80', '127.0.0.1', '127.0.0.1:99999'):
            error = self.refused('serve', '--listen', listen, ledger=self.new_ledger())
            self.assertIn('listen', error)

    def test_no_ledger_is_made_that_could_not_be_served(self):
        for words in (('--listen', f'127.0.0.1:{self.port}'), ('--listen', '192.0.2.1:80'), ('--listen', '', '--tls-certificate', 'none', '--tls-key', 'none')):
            self.refused('serve', '--create', *words, ledger=self.folder / 'other')
            self.assertFalse((self.folder / 'other').exists(), words)
        self.assertRegex(self.refused('serve', '--create', '--listen', f'127.0.0.1:{self.port}'), f'in use by process {self.server.pid} ')

    def new_ledger(self):
        ledger = self.folder / f'ledger-{len(list(self.folder.iterdir()))}'
        self.done('init', ledger=ledger)
        return ledger

    def test_the_service_manager_is_told_when_it_is_ready_alive_and_stopping(self):
        self.stop()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(self.folder / 'notify'))
            manager.settimeout(30)
            self.start(env={'NOTIFY_SOCKET': str(self.folder / 'notify')})
            self.assertEqual([manager.recv(100), manager.recv(100)], [b'READY=1', b'WATCHDOG=1'])
            self.stop()
            told = manager.recv(100)
            while told == b'WATCHDOG=1':
                told = manager.recv(100)
            self.assertEqual(told, b'STOPPING=1')

    def test_connections_that_do_nothing_leave_the_ledger_the_files_it_needs(self):
        self.stop()
        # The next write-ahead log and its tables must be opened while every connection that is taken is held.
        self.start('--connections', '4096', preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (700, 700)))
        self.assertIn('"connections":60', (self.folder / 'server.log').read_text())
        idle = [socket.create_connection((self.host, self.port)) for _ in range(100)]
        self.done('record', self.file('many.ndjson', *(release(f'e{i}') for i in range(3000))))
        self.done('rebuild')
        self.assertEqual(self.done('view', 'prisoners', '--count').rows[0]['position'], 3000)
        for connection in idle:
            connection.close()

    def test_a_server_that_is_told_to_stop_as_soon_as_it_says_that_it_is_there_stops_as_always(self):
        for _ in range(10):
            self.assertEqual(self.stop(), 0)
            self.assertIn('"log":"stop"', (self.folder / 'server.log').read_text().splitlines()[-1])
            self.start()

    def test_whoever_records_while_the_disk_fails_learns_that_the_outcome_is_unknown_and_nothing_of_the_machine(self):
        self.stop()

        def no_large_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        self.start('--access-log', 'no', preexec_fn=no_large_files, restore_signals=False)
        answers = []
        while len(answers) < 100 and (not answers or answers[-1].status == 201):
            body = [release(f'e{len(answers)}-{n}', summary='x' * 500) for n in range(100)]
            answers.append(self.ask('POST', '/v1/events', body=body))
        self.assertEqual((answers[-1].status, answers[-1].json['field']), (503, 'ledger'))
        self.assertIn('unknown', answers[-1].json['found'])
        self.assertNotIn(str(self.ledger), answers[-1].body.decode())
        self.assertEqual(self.get('/readyz').status, 503)
        for _ in range(2):
            self.assertEqual(self.ask('POST', '/v1/events', body=release('one')).status, 503)
        self.assertIn('"what":"', (self.folder / 'server.log').read_text())

    def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be(self):
        self.stop()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 256), hard)))
        limit = next(line for line in pathlib.Path(f'/proc/{self.server.pid}/limits').read_text().splitlines() if line.startswith('Max open files'))
        self.assertEqual(len(set(limit.split()[3:5])), 1, limit)

    def test_a_log_that_nobody_takes_holds_up_nobody_and_what_was_dropped_is_counted(self):
        self.stop()
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        self.start(log=writing)
        os.close(writing)
        connection = self.connect()
        requests = 2000
        for _ in range(requests):
            self.assertEqual(self.ask('GET', '/healthz', connection=connection).status, 200)
        held = os.read(reading, 1 << 20).decode().splitlines()
        self.assertLess(len(held), requests)
        self.assertEqual(self.ask('GET', '/healthz', connection=connection).status, 200)
        connection.close()
        self.assertEqual(self.stop(), 0)
        lines = [json.loads(line) for line in held + os.read(reading, 1 << 20).decode().splitlines()]
        os.close(reading)
        told = sum(line['log'] == 'request' for line in lines)
        dropped = sum(line['lines'] for line in lines if line['log'] == 'dropped')
        self.assertEqual(told + dropped, requests + 1)

    def test_it_speaks_tls_of_1_2_and_later_and_nothing_else(self):
        self.stop()
        key, certificate = self.folder / 'key.pem', self.folder / 'certificate.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=127.0.0.1',
                        '-addext', 'subjectAltName=IP:127.0.0.1'], check=True, capture_output=True)
        self.start('--tls-certificate', str(certificate), '--tls-key', str(key))
        self.assertTrue(self.url.startswith('https://'))
        context = ssl.create_default_context(cafile=certificate)
        with context.wrap_socket(socket.create_connection((self.host, self.port)), server_hostname='127.0.0.1') as connection:
            connection.sendall(b'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
            received = b''
            while piece := connection.recv(4096):
                received += piece
        self.assertTrue(received.endswith(b'ok\n'))
        self.assertEqual(self.raw(b'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')[:4] == b'HTTP', False)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with self.assertRaises(ssl.SSLError):
            old.wrap_socket(socket.create_connection((self.host, self.port)))
        ran = self.run_program('--server', self.url, 'view', 'prisoners', env={'CHANCERY_TOKEN': self.tokens['reader'], 'SSL_CERT_FILE': str(certificate)})
        self.assertEqual((ran.code, ran.out), (0, ''), ran.err)

    def test_commands_go_to_a_server_by_its_url_with_a_token(self):
        def run(*words, role='recorder', **more):
            return self.run_program('--server', self.url, *words, env={'CHANCERY_TOKEN': self.tokens[role]}, ledger=self.folder / 'nowhere', **more)
        self.assertEqual(run('record', self.file('a.ndjson', release('a'), release('b')), '--as', 'somebody').code, 0)
        self.assertEqual(run('record', '-', stdin=json.dumps(release('c')).encode()).code, 0)
        events = run('replay').rows
        self.assertEqual([(event['id'], event['recorded_by']) for event in events], [(id, 'the-recorder') for id in 'abc'])
        self.assertEqual(run('tail', '--once', '--after', 'pos:1').rows, events[1:])
        self.assertEqual(run('tail', '--once', '--after', 'pos:0', '--exec', f'cat > {self.folder}/told').code, 0)
        self.assertEqual((self.folder / 'told').read_text().count('\n'), 3)
        self.assertEqual(len(run('tail', '--once', '--after', 'pos:0', '--view', 'prisoners').rows), 3)
        self.assertEqual(run('replay', '--exec', 'wc -l').out.strip(), '3')
        skipped = self.file('b.ndjson', release('d'), 'nonsense')
        self.assertEqual(run('record', '--skip-invalid', skipped).code, 0)
        self.assertEqual((self.folder / 'b.ndjson.rejected').read_text(), 'nonsense\n')
        refused = run('record', self.file('c.ndjson', 'nonsense'))
        self.assertEqual(refused.code, 1)
        self.assertIn('c.ndjson:1: ', refused.err)
        self.assertEqual(run('add', 'letter.sent', 'from=person:a', 'to=person:b', 'occurred=2025', role='reader').code, 1)
        self.assertEqual(run('view', 'prisoners', role='reader').code, 0)
        for name in ('first', 'again'):
            told = run('tail', '--once', '--consumer', 'desk', '--exec', f'cat > {self.folder}/{name}')
            self.assertEqual(told.code, 0, told.err)
        self.assertEqual([(self.folder / name).exists() for name in ('first', 'again')], [True, False])
        self.assertEqual(self.get('/v1/consumers/desk').json['lag'], 0)
        self.stop()
        self.assertEqual(run('view', 'prisoners').code, 3)


if __name__ == '__main__':
    main()
