"""In-flight requests: counting, the access log, and errors on closing."""

import gc
import re

from twisted.internet.task import Clock

from service.errors import Draining
from service.web.exchanges import Exchange, InFlight
from service.web.request_ids import REQUEST_IDS
from tests.collector import counts_references
from tests.log import Log
from tests.web.memory import Web


def test_how_many_are_in_progress(web: Web) -> None:
    """A request is in flight until its response is complete."""
    requests = [web.send(f"/contacts?username=dustin~slow={seconds}") for seconds in (1, 2)]
    counted = [len(web.in_flight)]
    for _ in requests:
        web.advance(1)
        counted.append(len(web.in_flight))
    assert counted == [2, 1, 0]
    assert [web.answer(request).status for request in requests] == [200, 200]


def test_no_access_log() -> None:
    """The access log can be turned off."""
    web = Web(access_log="off")
    assert web.get("/livez").status == 200
    assert web.access_log == []


def test_an_exchange_without_a_chain(web: Web) -> None:
    """An exchange without a chain can be cancelled."""
    exchange = Exchange(object(), web.in_flight)
    why = Draining("x")
    exchange.cancel(why)
    assert exchange.cancelled is why


class Unloggable:
    """A request without the attributes that its end needs."""

    def setComponent(self, interface: object, component: object) -> None:
        """See ``Componentized``."""

    def setHeader(self, name: bytes, value: bytes) -> None:
        """See ``IRequest``."""


def test_a_bug_in_closing_is_logged(clock: Clock, log: Log) -> None:
    """A request that cannot be closed properly is logged, and is not in flight any more."""
    in_flight = InFlight(clock)
    in_flight.open(Unloggable()).end(None)
    assert len(log.flush(AttributeError)) == 1
    assert len(in_flight) == 0


def test_request_ids() -> None:
    """Request ids are random, also beyond those that are drawn at a time."""
    drawn = {next(REQUEST_IDS) for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in drawn)


@counts_references
def test_no_cycles(web: Web) -> None:
    """A request that has ended leaves nothing to the garbage collector, which runs rarely."""
    transport = web.open()
    gc.collect()
    for _ in range(10):
        transport.protocol.dataReceived(b"GET /contacts?username=dustin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        web.clock.advance(0)
    assert gc.collect() == 0
    transport.loseConnection()
