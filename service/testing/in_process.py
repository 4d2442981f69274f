"""The service in the process of the test, on its reactor: for treq and other Twisted clients."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from attrs import define, field
from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure

from service.clock import ManualClock
from service.testing.blocked import Watchdog
from service.testing.options import people_of, settings_for
from service.testing.values import Advanced, Asked, Person, known_faults

if TYPE_CHECKING:
    from service.command.server import Server

NOT_MANUAL = "time runs by itself here: ask for clock='manual', as in @pytest.mark.ajax_contacts(clock='manual')"


@define(eq=False, kw_only=True)
class AjaxContacts:
    """A service on fakes at ``url``, which ends in a slash.

    ``people`` are those that its fakes know, by username. ``faults`` are what they understand after a username and a
    tilde, with what each does.
    """

    url: str
    people: Mapping[str, Person]
    faults: Mapping[str, str] = field(factory=known_faults)
    _server: "Server"
    _reactor: Any
    _watchdog: Watchdog
    _clean_up: Callable[[], object]

    @classmethod
    def start(cls, reactor: Any, **options: Any) -> Deferred[Self]:
        """Start a service that listens on a free port of the loopback interface.

        :param options: flags of the command without their hyphens, as in ``deadline=0.2`` or ``clock="manual"``, and
            ``people``, as in ``people={"ada": {"name": "Ada", "contacts": []}}``.
        :return: a Deferred that fires with it; or fails with ``TypeError`` if an option is unknown, or with
            ``BadSetting`` if one has an invalid value.
        """
        folder = tempfile.TemporaryDirectory(prefix="ajax-contacts-")
        d: Deferred[Self] = Deferred.fromCoroutine(cls._start(reactor, Path(folder.name), options, folder.cleanup))
        d.addErrback(clean_up_after_failure, folder.cleanup)
        return d

    @classmethod
    async def _start(
        cls, reactor: Any, folder: Path, options: Mapping[str, Any], clean_up: Callable[[], object]
    ) -> Self:
        from service.command.composition import compose_server  # late: Klein imports the reactor

        settings = settings_for(options, folder)
        server = compose_server(settings, reactor, settings.watch or folder)
        port: Any = await server.start()
        watchdog = Watchdog(reactor, port, server.connections)
        watchdog.start()
        return cls(
            url=f"http://127.0.0.1:{port.getHost().port}/",
            people=people_of(options),
            server=server,
            reactor=reactor,
            watchdog=watchdog,
            clean_up=clean_up,
        )

    def __str__(self) -> str:
        """Return the URL, so that it can be put in front of a path."""
        return self.url

    def advance(self, seconds: float, in_flight: int | None = None) -> Deferred[Advanced]:
        """Advance the clock of the service, once so many requests are in flight.

        Without a number, it waits at most 0.2 seconds for one, because what a test has sent may not have arrived yet.

        :return: a Deferred that fires with what happened meanwhile; or fails with ``TypeError`` if the clock is not
            manual, or with ``TimedOut`` if so many requests do not arrive within 5 seconds.
        """
        from service.web.clock import advance

        tracked = self._server.in_flight
        if not isinstance(tracked.clock, ManualClock) or tracked.journal is None:
            return fail(TypeError(NOT_MANUAL))
        d: Deferred[Any] = advance(tracked.clock, tracked.journal, self._reactor, seconds, in_flight)
        return d.addCallback(lambda happened: Advanced(**happened))

    def requests(self) -> list[Asked]:
        """Return the last 1,000 requests, in the order in which they have arrived."""
        journal = self._server.in_flight.journal
        return [] if journal is None else [Asked(**entry.to_json()) for entry in journal.entries()]

    def forget(self) -> None:
        """Forget the requests until now, and the calls that ``~fail`` has counted."""
        journal = self._server.in_flight.journal
        if journal is not None:
            journal.forget()

    def stop(self) -> Deferred[None]:
        """Stop the service, and cancel what it is doing.

        :return: a Deferred that fires with None; or fails with ``BlockedReactorError`` if a request could not be
            answered because the reactor was blocked.
        """
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        self._watchdog.stop()
        try:
            await self._server.stop()
        finally:
            self._clean_up()
        self._watchdog.complain()


def clean_up_after_failure(failure: Failure, clean_up: Callable[[], object]) -> Failure:
    """Clean up after a service that could not be started, and pass the failure on."""
    clean_up()
    return failure
