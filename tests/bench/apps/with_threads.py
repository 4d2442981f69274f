"""The standard library's HTTP server, with a thread per connection; the port is the argument."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.bench.apps.backend import NoSuchUserError, get_contacts_blocking


class Handler(BaseHTTPRequestHandler):
    """The endpoint."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query).get("username", [""])
        try:
            status, body = 200, json.dumps({"contacts": get_contacts_blocking(asked[0])}).encode()
        except NoSuchUserError:
            status, body = 404, b'{"error": "no such user"}'
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        pass


class Server(ThreadingHTTPServer):
    """A server with a long listen backlog."""

    request_queue_size = 8192
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
