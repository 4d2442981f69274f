"""In-flight requests: counting, the access log, and errors on closing."""

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from service.errors import Draining
from service.web.exchanges import Exchange, InFlight
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


def test_no_access_log(log: Log) -> None:
    """The access log can be turned off."""
    assert Web(access_log="off").get("/livez").status == 200
    assert log.messages("access") == []


def test_an_exchange_without_a_chain() -> None:
    """An exchange without a chain can be cancelled."""
    exchange = Exchange(0.0)
    why = Draining("x")
    exchange.cancel(why)
    assert exchange.cancelled is why


class Unloggable:
    """A request without the attributes that the access log needs."""

    def getClientAddress(self) -> None:
        """See ``IRequest``."""

    def setComponent(self, interface: object, component: object) -> None:
        """See ``Componentized``."""

    def setHeader(self, name: bytes, value: bytes) -> None:
        """See ``IRequest``."""

    def notifyFinish(self) -> Deferred[None]:
        """End immediately."""
        d: Deferred[None] = Deferred()
        d.callback(None)
        return d


def test_a_bug_in_closing_is_logged(clock: Clock, log: Log) -> None:
    """A request that cannot be closed properly is logged, and is not in flight any more."""
    in_flight = InFlight(clock)
    in_flight.open(Unloggable())
    assert len(log.flush(AttributeError)) == 1
    assert len(in_flight) == 0
