"""The service from startup to shutdown, in this process."""

import json
import os
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import CancelledError, ensureDeferred, race
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.command import notify
from service.command.afterwards import finish_start, without_collector
from service.command.authentication import check_exposure, warn_of_exposure
from service.command.logs import After, begin_logging, log_observer
from service.command.messages import CANNOT_LISTEN, EXIT_FAILED, announce, announce_admin, complain_of_port
from service.command.notify import ServiceManager
from service.command.reactors import install_reactor
from service.command.settings import Settings
from service.command.signals import Lifeline, Signals
from service.command.streams import open_log
from service.command.watched_folder import folder_to_watch
from service.command.worker import LIFELINE, READY
from service.metrics import Metrics

if TYPE_CHECKING:
    from service.command.server import Server

_log = Logger()


def serve(settings: Settings) -> int:
    """Serve in this process until a signal requests shutdown.

    :return: the exit code.
    :raise BadSetting: if the settings are invalid.
    """
    with without_collector():
        reactor = install_reactor(settings.reactor, settings.database)
        # Imported late: Klein imports the reactor, so the chosen one must already be installed.
        from service.command.access_log import WrittenAccessLog
        from service.command.composition import compose_server

    with folder_to_watch(settings.watch) as watch:
        out = open_log(sys.stderr, reactor)
        access_log = WrittenAccessLog(out, reactor, settings.log_format)
        exposed = settings.inherit is None and check_exposure(settings)
        server = compose_server(settings, reactor, watch, access_log)
        observer = log_observer(settings.log_format, out, usernames=settings.log_usernames)
        begin_logging(After(access_log.flush, observer))
        warn_of_exposure(exposed=exposed)
        signals = Signals(reactor, worker=settings.inherit is not None)
        if settings.inherit is not None:
            metrics = server.in_flight.metrics
            Lifeline(reactor, LIFELINE, signals.tell, bool if metrics is None else partial(answer, metrics))
        manager = ServiceManager.from_environment(os.environ, os.getpid())
        manager.watch(reactor)
        start = partial(run, server, signals, settings, watch, manager)
        exit_code = run_until_done(reactor, start, installSignalHandlers=False)
        access_log.flush()
        return exit_code


async def run(server: "Server", signals: Signals, settings: Settings, watch: Path, manager: ServiceManager) -> int:
    """Listen until a signal, then shut down gracefully unless a second one comes; return the exit code."""
    if server.stalls is not None:
        server.stalls.start()
    if settings.is_watched:
        from service.xray.watch import install

        install()  # only now, so that X-ray does not record the Deferreds that wait for signals
    try:
        port = await server.start()
    except CANNOT_LISTEN as error:
        return complain_of_port(settings.listen, error)
    try:
        admin_port = await server.start_admin()
    except CANNOT_LISTEN as error:
        await server.stop()
        return complain_of_port(str(settings.admin), error)
    if settings.inherit is None:
        announce(port.getHost(), settings, watch)
        if admin_port is not None:
            announce_admin(admin_port.getHost(), str(settings.admin))
        manager.tell(notify.READY)
    else:
        os.write(READY, b"\n")
    finish_start(server.clock)
    await signals.first
    manager.tell(notify.STOPPING)
    stopped = ensureDeferred(server.stop()).addCallbacks(lambda _: 0, or_cut_short).addErrback(log_crash)
    _, exit_code = await race([stopped, signals.second.addCallback(lambda _: EXIT_FAILED)])
    return exit_code


def answer(metrics: Metrics) -> None:
    """Tell the process that supervises this one the numbers of this one, in a line of JSON."""
    os.write(READY, json.dumps(metrics.snapshot().to_json()).encode() + b"\n")


def run_until_done(reactor: Any, start: Callable[[], Coroutine[Any, Any, int]], *, installSignalHandlers: bool) -> int:
    """Run the reactor until a coroutine returns the exit code, and return that."""
    exit_codes: list[int] = []

    def begin() -> None:
        d = ensureDeferred(start())
        d.addErrback(log_crash)
        d.addCallback(exit_codes.append)
        d.addCallback(lambda _: reactor.stop())

    reactor.callLater(0, begin)  # not callWhenRunning: asyncio's loop runs only after that
    reactor.run(installSignalHandlers=installSignalHandlers)
    return exit_codes[0]


def or_cut_short(failure: Failure) -> int:
    """Return the exit code for a shutdown that a second signal cut short."""
    failure.trap(CancelledError)
    return EXIT_FAILED


def log_crash(failure: Failure) -> int:
    """Log an unexpected failure, and return the exit code for it."""
    _log.failure("stopped by a bug", failure)
    return EXIT_FAILED
