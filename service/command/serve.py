"""The service from startup to shutdown: in this process, or in worker processes that it supervises."""

import gc
import ipaddress
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, ensureDeferred, maybeDeferred, race
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.command.endpoints import make_endpoint
from service.command.logs import begin_logging
from service.command.reactors import install_reactor, keep_monotonic_time
from service.command.settings import PROGRAM, Settings
from service.command.signals import Lifeline, Signals
from service.command.streams import say
from service.command.workers import LIFELINE, READY, NotServingError, Workers
from service.errors import BadSetting
from service.xray.watch import install

if TYPE_CHECKING:
    from service.command.server import Server

_log = Logger()

EXIT_FAILED = 1
#: Net allocations that trigger a collection of the youngest generation.
YOUNG = 20_000


def serve(settings: Settings) -> int:
    """Serve in this process until a signal requests shutdown.

    :return: the exit code.
    :raise BadSetting: if the settings are invalid.
    """
    reactor = install_reactor(settings.reactor, settings.database)
    # Imported late: Klein imports the reactor, so the chosen one must already be installed.
    from service.command.composition import compose_server, folder_to_watch

    with folder_to_watch(settings.watch) as watch:
        server = compose_server(settings, reactor, watch)
        begin_logging(settings.log_format, sys.stderr, usernames=settings.log_usernames)
        signals = Signals(reactor, worker=settings.inherit is not None)
        if settings.inherit is not None:
            Lifeline(reactor, LIFELINE, signals.tell)
        rest_collector()
        return run_until_done(reactor, lambda: run(server, signals, settings, watch), installSignalHandlers=False)


def rest_collector() -> None:
    """Freeze existing objects, and make the cyclic garbage collector run less often.

    Requests create no cycles; by default, collections that find nothing are a fifth of the cost of a request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)


async def run(server: "Server", signals: Signals, settings: Settings, watch: Path) -> int:
    """Listen until a signal, then shut down gracefully unless a second one comes; return the exit code."""
    from service.command.composition import is_watched

    if is_watched(settings):
        install()  # only now, so that X-ray does not record the Deferreds that wait for signals
    try:
        port = await server.start()
    except CannotListenError as error:
        return complain_of_port(settings, error)
    if settings.inherit is None:
        announce(port.getHost(), settings.listen, watch)
    else:
        os.write(READY, b"\n")
    await signals.first
    stopped = ensureDeferred(server.stop()).addCallbacks(lambda _: 0, or_cut_short).addErrback(log_crash)
    _, exit_code = await race([stopped, signals.second.addCallback(lambda _: EXIT_FAILED)])
    return exit_code


def supervise(settings: Settings, arguments: list[str]) -> int:
    """Serve in worker processes, which run the command with the same arguments, until a signal requests shutdown.

    :return: the exit code.
    :raise BadSetting: if the settings are invalid.
    """
    from twisted.internet import reactor as default_reactor

    from service.command.composition import compose_server, folder_to_watch

    if settings.listen.startswith("unix:"):
        raise BadSetting("--listen", settings.listen, "tcp: or ssl: with more than one process")
    reactor = cast("Any", default_reactor)
    with folder_to_watch(settings.watch) as watch:
        compose_server(settings, reactor, watch)  # reports an invalid setting once, before each worker would
        begin_logging(settings.log_format, sys.stderr, usernames=settings.log_usernames)
        keep_monotonic_time(reactor)
        arguments = ["--watch", str(watch), *arguments]
        return run_until_done(reactor, lambda: lead(reactor, settings, arguments, watch), installSignalHandlers=True)


async def lead(reactor: Any, settings: Settings, arguments: list[str], watch: Path) -> int:
    """Open the socket, run workers on it, and forward signals to them; return the exit code."""
    signals = Signals(reactor)
    try:
        port: Any = await make_endpoint(settings.listen, reactor).listen(Factory())
    except CannotListenError as error:
        return complain_of_port(settings, error)
    port.stopReading()  # the workers accept
    workers = Workers(reactor, port.fileno(), settings.processes, arguments)
    signals.on_hang_up(lambda: ensureDeferred(workers.replace()).addErrback(log_crash))
    signals.second.addCallback(lambda _: workers.signal(signal.SIGKILL))
    try:
        await workers.start()
    except NotServingError:
        return EXIT_FAILED
    announce(port.getHost(), settings.listen, watch)
    await signals.first
    await maybeDeferred(port.stopListening)  # else new clients would wait for workers that are gone
    return await workers.stop()


def run_until_done(reactor: Any, start: Callable[[], Coroutine[Any, Any, int]], *, installSignalHandlers: bool) -> int:
    """Run the reactor until a coroutine returns the exit code, and return that."""
    exit_codes: list[int] = []

    def begin() -> None:
        d = ensureDeferred(start())
        d.addErrback(log_crash)
        d.addCallback(exit_codes.append)
        d.addCallback(lambda _: reactor.stop())

    reactor.callWhenRunning(begin)
    reactor.run(installSignalHandlers=installSignalHandlers)
    return exit_codes[0]


def complain(message: str, exit_code: int) -> int:
    """Print a one-line error message, and return the exit code."""
    say(sys.stderr, f"{PROGRAM}: {message}\n")
    return exit_code


def complain_of_port(settings: Settings, error: CannotListenError) -> int:
    """Report that the service cannot listen, and return the exit code."""
    return complain(f"cannot listen on {settings.listen}: {error.socketError}", EXIT_FAILED)


def or_cut_short(failure: Failure) -> int:
    """Return the exit code for a shutdown that a second signal cut short."""
    failure.trap(CancelledError)
    return EXIT_FAILED


def log_crash(failure: Failure) -> int:
    """Log an unexpected failure, and return the exit code for it."""
    _log.failure("stopped by a bug", failure)
    return EXIT_FAILED


def announce(address: IAddress, listen: str, watch: Path) -> None:
    """Print where the service listens, with a link that a browser can open if any, and the folder it watches."""
    greeting = f"{PROGRAM} is serving on {listen}"
    if isinstance(address, IPv4Address | IPv6Address):
        scheme = "https" if listen.startswith("ssl:") else "http"
        host = f"[{address.host}]" if isinstance(address, IPv6Address) else address.host
        if ipaddress.ip_address(address.host).is_unspecified:
            host = "localhost"
        url = f"{scheme}://{host}:{address.port}/"
        greeting = f"{PROGRAM} is serving on {url} - open it in a browser, or try {url}contacts?username=dustin"
    say(sys.stdout, f"{greeting}\n{PROGRAM} is waiting for files in {watch}\n")
