"""Exchanges in progress: who waits for them, and what becomes of one that fails to close."""

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from service.errors import Draining
from service.web.exchanges import Exchange, Exchanges
from tests.log import Log
from tests.results import failure_of, outcomes_of, result_of
from tests.web.memory import Web


def test_idle_at_once(clock: Clock) -> None:
    """Without exchanges there is nothing to wait for."""
    assert result_of(Exchanges(clock).when_idle()) is None


def test_idle_when_the_last_one_ends(web: Web) -> None:
    """Everyone who waits is told when the last exchange has ended."""
    requests = [web.send(f"/contacts?username=dustin~slow={seconds}") for seconds in (1, 2)]
    waiters = [web.application.exchanges.when_idle() for _ in range(2)]
    web.advance(1)
    assert [waiter.called for waiter in waiters] == [False, False]
    web.advance(1)
    assert [result_of(waiter) for waiter in waiters] == [None, None]
    assert [web.answer(request).status for request in requests] == [200, 200]


def test_to_stop_waiting(web: Web) -> None:
    """Whoever waits may stop waiting."""
    request = web.send("/contacts?username=dustin~slow")
    waiter = web.application.exchanges.when_idle()
    waiter.cancel()
    failure_of(waiter, CancelledError)
    web.advance(1)
    assert web.answer(request).status == 200


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
    """An exchange that cannot be closed properly is reported, and not waited for."""
    exchanges = Exchanges(clock)
    exchanges.open(Unloggable())
    assert len(log.flush(AttributeError)) == 1
    assert outcomes_of(exchanges.when_idle()) != []
