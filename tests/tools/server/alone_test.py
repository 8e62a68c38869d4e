#!/usr/bin/env python3
"""One process alone follows as a consumer through a URL, also over connections that break."""
import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import BINARY, main, release
from served import ServedTest


class Relay:
    """Passes on what a client and a server say. When it breaks, the client's connections end and the server is told nothing."""

    def __init__(self, host, port):
        self.to = (host, port)
        self.answers = []  # the request line and the status line of each, as they are answered
        self.clients, self.servers, self.threads = [], [], []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = f'http://127.0.0.1:{self.listener.getsockname()[1]}'
        self.begin(self.accept)

    def begin(self, run, *arguments):
        thread = threading.Thread(target=run, args=arguments)
        self.threads.append(thread)
        thread.start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                server = socket.create_connection(self.to)
                self.clients.append(client)
                self.servers.append(server)
                said = []
                self.begin(self.pass_on, client, server, lambda line, said=said: said.append(line))
                self.begin(self.pass_on, server, client, lambda line, said=said: self.answers.append((said[0], line)))

    @staticmethod
    def pass_on(one, other, first_line):
        begun = False
        with contextlib.suppress(OSError):
            while piece := one.recv(65536):
                if not begun:
                    first_line(piece.split(b'\r\n')[0].decode())
                begun = True
                other.sendall(piece)

    def break_off(self):
        for client in self.clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.listener.shutdown(socket.SHUT_RDWR)
        for one in self.clients + self.servers:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        for one in [self.listener, *self.clients, *self.servers]:
            one.close()


class Alone(ServedTest):
    options = ('--ping-seconds', '1')

    def alone(self, body=None):
        """A connection that has asked, and the answer as it begins."""
        connection = self.connect()
        self.addCleanup(connection.close)
        connection.request('POST', '/v1/consumers/c/alone', json.dumps(body or {}), {'Authorization': 'Bearer ' + self.tokens['recorder']})
        response = connection.getresponse()
        self.addCleanup(response.close)
        return response

    def test_the_same_follower_takes_its_own_place_and_the_connection_before_is_ended(self):
        self.ask('PUT', '/v1/consumers/c', body={})
        first = self.alone({'follower': 'one'})
        self.assertEqual(json.loads(first.readline())['name'], 'c')
        second = self.alone({'follower': 'one'})
        self.assertEqual((second.status, json.loads(second.readline())['name']), (200, 'c'))
        # All that it is still told is that its server is there.
        self.assertEqual(first.read().strip(), b'')
        # The place is the second's, though the first has given up its own.
        for other in ({'follower': 'two'}, {'follower': ''}, {}):
            refused = self.alone(other)
            self.assertEqual((refused.status, json.loads(refused.read())['found']), (409, '"c", as which another process follows'))
        self.assertEqual(second.readline(), b'\n')

    def test_who_has_no_id_takes_nobodys_place(self):
        self.ask('PUT', '/v1/consumers/c', body={})
        first = self.alone()
        self.assertEqual(first.status, 200)
        self.assertEqual(self.alone().status, 409)

    def test_an_id_that_is_none_is_refused(self):
        self.ask('PUT', '/v1/consumers/c', body={})
        for follower in (5, 'x' * 101):
            refused = self.alone({'follower': follower})
            self.assertEqual((refused.status, json.loads(refused.read())['field']), (400, 'follower'))

    def test_tail_goes_on_as_its_consumer_when_its_connection_breaks_and_the_server_is_not_told(self):
        self.record(release('a'))
        with Relay(self.host, self.port) as relay:
            command = [BINARY, '--server', relay.url, 'tail', '--consumer', 'desk', '--every', '0.05']
            environment = self.environment() | {'CHANCERY_TOKEN': self.tokens['recorder']}
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as tail:
                try:
                    self.assertEqual(json.loads(tail.stdout.readline())['id'], 'a')
                    relay.break_off()
                    answered = self.until(lambda: [status for asked, status in list(relay.answers) if '/alone ' in asked], lambda seen: len(seen) == 2, 'it asks again to follow alone')
                    self.assertEqual([status.split()[1] for status in answered], ['200', '200'])
                    self.record(release('b'))
                    self.assertEqual(json.loads(tail.stdout.readline())['id'], 'b')
                finally:
                    tail.kill()


if __name__ == '__main__':
    main()
