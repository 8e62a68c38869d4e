"""A ledger that is served, for tests that speak to it over HTTP."""
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.parse

from program import BINARY, ProgramTest


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def rows(self):
        return [json.loads(line) for line in self.body.decode().splitlines()]


class Stream:
    """Server-Sent Events as they come."""

    def __init__(self, connection, response):
        self.connection, self.response = connection, response

    def messages(self, count):
        """The next messages that have data, each a dictionary of its fields."""
        found, fields = [], {}
        while len(found) < count:
            line = self.response.readline().decode().rstrip('\n')
            if line == '':
                if 'data' in fields:
                    found.append(fields)
                fields = {}
                if self.response.isclosed():
                    break
            elif not line.startswith(':'):
                name, _, value = line.partition(': ')
                fields[name] = value
        return found

    def close(self):
        self.connection.close()


class ServedTest(ProgramTest):
    """Each test finds an empty ledger served, and tokens of every role."""

    options = ()

    def setUp(self):
        super().setUp()
        self.server = None
        self.done('init')
        self.tokens = {role: self.done('token', 'add', f'the-{role}', '--role', role).out.strip()
                       for role in ('reader', 'partner', 'recorder', 'admin')}
        self.prepare()
        self.start()

    def prepare(self):
        """What is to be there before it is served."""

    def start(self, *options, env=None, log=None, **more):
        command = [BINARY, '--ledger', str(self.ledger), 'serve', '--listen', '127.0.0.1:0', *self.options, *options]
        self.log = open(self.folder / 'server.log', 'ab') if log is None else os.fdopen(os.dup(log), 'wb')
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, cwd=self.folder,
                                       env=self.environment() | (env or {}), **more)
        line = self.server.stdout.readline().decode()
        self.assertIn(' at http', line, (self.folder / 'server.log').read_text())
        self.url = line.split(' at ')[1].strip()
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.port = parts.hostname, parts.port
        self.addCleanup(self.stop)

    def stop(self, how=signal.SIGTERM):
        if self.server is None:
            return None
        self.server.send_signal(how)
        code = self.server.wait(timeout=60)
        self.server.stdout.close()
        self.log.close()
        self.server = None
        return code

    @contextlib.contextmanager
    def held_still(self):
        """The server does nothing meanwhile, though it is there."""
        self.server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.server.send_signal(signal.SIGCONT)

    def processor_time(self):
        """Of the server, in ticks."""
        fields = pathlib.Path(f'/proc/{self.server.pid}/stat').read_text().rsplit(')', 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

    def ask(self, method, path, role='recorder', body=None, connection=None, **headers):
        """One request; a body that is no text or bytes is sent as JSON."""
        sent = {name.replace('_', '-'): value for name, value in headers.items()}
        if role:
            sent['Authorization'] = 'Bearer ' + self.tokens[role]
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            sent.setdefault('Content-Type', 'application/json')
        own = connection is None
        connection = connection or self.connect()
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        if own:
            connection.close()
        return answer

    def get(self, path, role='recorder', **headers):
        return self.ask('GET', path, role, **headers)

    def post(self, path, body, role='recorder', **headers):
        return self.ask('POST', path, role, body, **headers)

    def until(self, look, holds, what):
        """What `look()` gives as soon as `holds` of it; a minute is more than whatever is waited for takes."""
        end = time.monotonic() + 60
        while not holds(seen := look()):
            self.assertLess(time.monotonic(), end, f'{what}: not within a minute; the last that was seen is {seen}')
        return seen

    def record(self, *events):
        answer = self.post('/v1/events', list(events))
        self.assertIn(answer.status, (200, 201), answer.body)
        return answer.json

    @contextlib.contextmanager
    def follow(self, path, role='recorder', method='GET', **headers):
        connection = self.connect()
        connection.request(method, path, headers={'Authorization': 'Bearer ' + self.tokens[role]} | {n.replace('_', '-'): v for n, v in headers.items()})
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        stream = Stream(connection, response)
        try:
            yield stream
        finally:
            response.close()
            stream.close()

    def raw(self, sent, timeout=30, close=False):
        """Sends bytes and gives all that comes until the other side ends."""
        with socket.create_connection((self.host, self.port), timeout=timeout) as connection:
            connection.sendall(sent)
            if close:
                connection.shutdown(socket.SHUT_WR)
            received = b''
            while True:
                try:
                    piece = connection.recv(65536)
                except ConnectionResetError:
                    break
                if not piece:
                    break
                received += piece
            return received

    def memory_kib(self):
        """What the server has of the machine's memory; 0 under a sanitizer, which keeps what is freed."""
        with open(f'/proc/{self.server.pid}/maps') as maps:
            mapped = maps.read()
        if 'libasan' in mapped or 'libtsan' in mapped:
            return 0
        with open(f'/proc/{self.server.pid}/status') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmRSS'))
