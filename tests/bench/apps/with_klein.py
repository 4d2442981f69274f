"""Plain Klein on a twisted.web site; the port is the argument, and ``log`` turns its access log on."""

import json
import sys
from typing import Any, cast

from klein import Klein
from twisted.internet import reactor as default_reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from twisted.python.log import startLogging
from twisted.web.server import Site

from tests.bench.apps.backend import WAIT, NoSuchUserError, look_up

reactor = cast("Any", default_reactor)
app = Klein()


@app.route("/contacts", methods=["GET"])
def contacts(request: Any) -> Deferred[bytes]:
    asked = request.args.get(b"username", [b""])[0].decode()
    d: Deferred[Any] = deferLater(reactor, WAIT, look_up, asked)
    d.addCallback(lambda usernames: {"contacts": usernames})
    d.addErrback(or_no_such_user, request)
    d.addCallback(as_json, request)
    return d


def or_no_such_user(failure: Failure, request: Any) -> dict[str, str]:
    failure.trap(NoSuchUserError)
    request.setResponseCode(404)
    return {"error": "no such user"}


def as_json(body: dict[str, Any], request: Any) -> bytes:
    request.setHeader(b"Content-Type", b"application/json")
    return json.dumps(body).encode()


LOG = sys.argv[2:] == ["log"]


class QuietSite(Site):
    """A site without an access log."""

    def log(self, request: Any) -> None:
        pass


site = Site(app.resource()) if LOG else QuietSite(app.resource())
if LOG:
    startLogging(sys.stdout)
serverFromString(reactor, f"tcp:{sys.argv[1]}:interface=127.0.0.1:backlog=8192").listen(site)
reactor.run()
