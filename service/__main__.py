"""The ajax-contacts command, which ``python -m service`` is, too."""

import asyncio
import ipaddress
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from twisted.internet import asyncioreactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, ensureDeferred, race
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IAddress
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.config import PROGRAM, Settings, read_settings
from service.errors import BadSetting
from service.logs import begin_logging

if TYPE_CHECKING:
    from service.server import Server

_log = Logger()

EXIT_FAILED = 1
EXIT_USAGE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit code is 0 after a good stop, 1 if that was cut short, 2 for a wrong setting."""
    try:
        settings = read_settings(arguments)
        return 0 if settings is None else serve(settings)
    except BadSetting as error:
        return complain(str(error), EXIT_USAGE)
    except click.UsageError as error:
        return complain(error.format_message(), EXIT_USAGE)


def complain(message: str, exit_code: int) -> int:
    """Say in one line what is wrong."""
    sys.stderr.write(f"{PROGRAM}: {message}\n")
    return exit_code


def serve(settings: Settings) -> int:
    """Serve until a signal says to stop.

    :return: the exit code.
    :raise BadSetting: if the settings describe no service.
    """
    reactor = install_reactor()
    # Not before: Klein imports the reactor, and takes the one that is installed then.
    from service.composition import compose_server, folder_to_watch

    with folder_to_watch(settings.watch) as watch:
        server = compose_server(settings, reactor, watch)
        begin_logging(settings.log_format, sys.stderr)
        signals = Signals(reactor)
        exit_codes: list[int] = []

        def start() -> None:
            d = ensureDeferred(run(server, signals, settings.listen, watch))
            d.addErrback(log_crash)
            d.addCallback(exit_codes.append)
            d.addCallback(lambda _: reactor.stop())

        reactor.callWhenRunning(start)
        reactor.run(installSignalHandlers=False)
        return exit_codes[0]


async def run(server: "Server", signals: "Signals", listen: str, watch: Path) -> int:
    """Listen, wait for a signal, stop in good order unless there is a second one; return the exit code."""
    try:
        port = await server.start()
    except CannotListenError as error:
        return complain(f"cannot listen at {listen}: {error.socketError}", EXIT_FAILED)
    announce(port.getHost(), listen, watch)
    await signals.first
    stopped = ensureDeferred(server.stop()).addCallbacks(lambda _: 0, log_crash)
    _, exit_code = await race([stopped, signals.second.addCallback(lambda _: EXIT_FAILED)])
    return exit_code


def log_crash(failure: Failure) -> int:
    """Log what should not have happened, and return the exit code for it."""
    _log.failure("stopped by a bug", failure)
    return EXIT_FAILED


def announce(address: IAddress, listen: str, watch: Path) -> None:
    """Say where the service is, with a link to try where there is one, and where it waits for files."""
    greeting = f"{PROGRAM} is serving on {listen}"
    if isinstance(address, IPv4Address | IPv6Address):
        scheme = "https" if listen.startswith("ssl:") else "http"
        host = f"[{address.host}]" if isinstance(address, IPv6Address) else address.host
        if ipaddress.ip_address(address.host).is_unspecified:
            host = "localhost"
        url = f"{scheme}://{host}:{address.port}/"
        greeting = f"{PROGRAM} is serving on {url} - try {url}contacts?username=dustin"
    sys.stdout.write(f"{greeting}\n{PROGRAM} is waiting for files in {watch}\n")
    sys.stdout.flush()


def install_reactor() -> Any:
    """Install the asyncio reactor, and make its loop the current one; return the reactor."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    asyncioreactor.install(loop)
    from twisted.internet import reactor

    return reactor


class Signals:
    """SIGTERM and SIGINT: ``first`` fires at the first of them, ``second`` at the second."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self.first: Deferred[None] = Deferred()
        self.second: Deferred[None] = Deferred()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._received)

    def _received(self, _number: int, _frame: object) -> None:
        # The handler interrupts the loop anywhere: have the loop itself deal with the signal.
        self._reactor.callFromThread(self._tell)

    def _tell(self) -> None:
        for d in (self.first, self.second):
            if not d.called:
                d.callback(None)
                return


if __name__ == "__main__":
    sys.exit(main())
