"""The service in several processes: workers on one socket, which this process supervises."""

import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any, cast

from twisted.internet.defer import ensureDeferred, maybeDeferred
from twisted.internet.protocol import Factory

from service.command import notify
from service.command.authentication import check_exposure, warn_of_exposure
from service.command.endpoints import make_endpoint
from service.command.logs import begin_logging, log_observer
from service.command.messages import CANNOT_LISTEN, EXIT_FAILED, announce, announce_admin, complain_of_port
from service.command.notify import ServiceManager
from service.command.reactors import keep_monotonic_time
from service.command.serve import log_crash, run_until_done
from service.command.settings import Settings
from service.command.signals import Signals
from service.command.streams import open_log
from service.command.watched_folder import folder_to_watch
from service.command.worker import NotServingError
from service.command.workers import Workers
from service.errors import BadSetting


def supervise(settings: Settings, arguments: list[str]) -> int:
    """Serve in worker processes, which run the command with the same arguments, until a signal requests shutdown.

    :return: the exit code.
    :raise BadSetting: if the settings are invalid.
    """
    from twisted.internet import reactor as default_reactor

    from service.command.composition import compose_server

    if settings.listen.startswith("unix:"):
        raise BadSetting("--listen", settings.listen, "tcp: or ssl: with more than one process")
    reactor = cast("Any", default_reactor)
    with folder_to_watch(settings.watch) as watch:
        exposed = check_exposure(settings)
        compose_server(settings, reactor, watch)  # reports an invalid setting once, before each worker would
        keep_monotonic_time(reactor)
        begin_logging(
            log_observer(settings.log_format, open_log(sys.stderr, reactor), usernames=settings.log_usernames)
        )
        warn_of_exposure(exposed=exposed)
        arguments = ["--watch", str(watch), *arguments]
        manager = ServiceManager.from_environment(os.environ, os.getpid())
        manager.watch(reactor)
        start = partial(lead, reactor, settings, arguments, watch, manager)
        return run_until_done(reactor, start, installSignalHandlers=True)


async def lead(reactor: Any, settings: Settings, arguments: list[str], watch: Path, manager: ServiceManager) -> int:
    """Open the socket, run workers on it, and forward signals to them; return the exit code."""
    signals = Signals(reactor)
    try:
        port: Any = await make_endpoint(settings.listen, reactor).listen(Factory())
    except CANNOT_LISTEN as error:
        return complain_of_port(settings.listen, error)
    port.stopReading()  # the workers accept
    workers = Workers(reactor, port.fileno(), settings.processes, arguments)
    signals.on_hang_up(lambda: ensureDeferred(workers.replace()).addErrback(log_crash))
    signals.second.addCallback(lambda _: workers.signal(signal.SIGKILL))
    try:
        await workers.start()
    except NotServingError:
        return EXIT_FAILED
    announce(port.getHost(), settings, watch)
    try:
        admin_port = await listen_for_operators(settings, reactor, workers)
    except CANNOT_LISTEN as error:
        await maybeDeferred(port.stopListening)
        await workers.stop()
        return complain_of_port(str(settings.admin), error)
    manager.tell(notify.READY)
    await signals.first
    manager.tell(notify.STOPPING)
    await maybeDeferred(port.stopListening)  # else new clients would wait for workers that are gone
    exit_code = await workers.stop()
    if admin_port is not None:
        await maybeDeferred(admin_port.stopListening)
    return exit_code


async def listen_for_operators(settings: Settings, reactor: Any, workers: Workers) -> Any:
    """Listen at the admin endpoint; return the port, None without such an endpoint."""
    from service.command.admin import compose_supervisor

    listener = compose_supervisor(settings, reactor, workers.take_snapshot)
    if listener is None:
        return None
    port = await listener.endpoint.listen(listener.connections)
    announce_admin(port.getHost(), str(settings.admin))
    return port
