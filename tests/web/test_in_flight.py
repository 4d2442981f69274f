"""Exchanges in progress: how many there are, and what becomes of one that fails to close."""

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from service.errors import Draining
from service.web.exchanges import Exchange, InFlight
from tests.log import Log
from tests.web.memory import Web


def test_how_many_are_in_progress(web: Web) -> None:
    """An exchange is in progress until its answer is complete."""
    requests = [web.send(f"/contacts?username=dustin~slow={seconds}") for seconds in (1, 2)]
    counted = [len(web.in_flight)]
    for _ in requests:
        web.advance(1)
        counted.append(len(web.in_flight))
    assert counted == [2, 1, 0]
    assert [web.answer(request).status for request in requests] == [200, 200]


def test_no_access_log(log: Log) -> None:
    """Where somebody else logs the requests, the service does not."""
    assert Web(access_log="off").get("/livez").status == 200
    assert log.messages("access") == []


def test_an_exchange_without_a_chain() -> None:
    """An exchange that has no chain can be cancelled like any other."""
    exchange = Exchange(0.0)
    why = Draining("x")
    exchange.cancel(why)
    assert exchange.cancelled is why


class Unloggable:
    """A request that cannot even be described."""

    def setComponent(self, interface: object, component: object) -> None:
        """See ``Componentized``."""

    def setHeader(self, name: bytes, value: bytes) -> None:
        """See ``IRequest``."""

    def notifyFinish(self) -> Deferred[None]:
        """End at once."""
        d: Deferred[None] = Deferred()
        d.callback(None)
        return d


def test_a_bug_in_closing_is_logged(clock: Clock, log: Log) -> None:
    """An exchange that cannot be closed properly is reported, and no longer in progress."""
    in_flight = InFlight(clock)
    in_flight.open(Unloggable())
    assert len(log.flush(AttributeError)) == 1
    assert len(in_flight) == 0
