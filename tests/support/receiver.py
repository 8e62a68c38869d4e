"""The other side of a webhook, and tests of webhooks that send to it."""
import http.server
import json
import queue
import threading

from served import ServedTest


class Receiver:
    """The other side: answers what it is told to, and keeps what it was sent."""

    def __init__(self):
        self.got, self.answers, self.allows, self.says_length = queue.Queue(), queue.Queue(), '*', True
        self.rate, self.options_status = None, 200
        self.lets_go = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_OPTIONS(self):
                self.send_response(receiver.options_status)
                receiver.asked = self.headers['WebHook-Request-Origin']
                receiver.asked_rate = self.headers['WebHook-Request-Rate']
                if receiver.allows:
                    self.send_header('WebHook-Allowed-Origin', receiver.allows)
                if receiver.rate:
                    self.send_header('WebHook-Allowed-Rate', receiver.rate)
                self.end()

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                if self.path.startswith('/held'):
                    receiver.lets_go.wait()
                status, headers = (204, {}) if receiver.answers.empty() else receiver.answers.get()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end()
                receiver.got.put((dict(self.headers), body))

            def end(self):
                if receiver.says_length:
                    self.send_header('Content-Length', '0')
                else:
                    self.close_connection = True
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}/hook?x=1'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        try:
            headers, body = self.got.get(timeout=60)
        except queue.Empty:
            raise AssertionError('the receiver was sent nothing for a minute') from None
        return {name.lower(): value for name, value in headers.items()}, json.loads(body), body

    def close(self):
        self.lets_go.set()
        self.server.shutdown()
        self.server.server_close()


class WebhookTest(ServedTest):
    """Each test finds an empty ledger served, and a receiver that wants events."""

    options = ('--webhook-networks', '127.0.0.0/8')

    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def put(self, **more):
        return self.ask('PUT', '/v1/webhooks/w', body={'url': self.receiver.url} | more)

    def state_where(self, holds, what, role='recorder'):
        """The state of the webhook as soon as that holds of it."""
        return self.until(lambda: self.get('/v1/webhooks/w', role).json, holds, what)
