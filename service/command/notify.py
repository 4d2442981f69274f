"""Notifications to the service manager that has started this process, as ``sd_notify(3)`` has them."""

import socket
from collections.abc import MutableMapping
from contextlib import suppress

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

_log = Logger()

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"
#: How often a process has to say that it is alive, as a share of the time that the manager waits for it.
_SHARE = 0.5
#: Seconds that a manager which is behind with listening is waited for, before it misses a state.
_PATIENCE = 1.0
_VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


@frozen
class ServiceManager:
    """The service manager: the ``address`` of its socket, "" without one, and the seconds of its watchdog, or None."""

    address: str
    watchdog: float | None = None

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str], pid: int) -> "ServiceManager":
        """Read what the manager has passed to the process ``pid``, and keep it from the children of that."""
        address, seconds, watched = (environment.pop(name, "") for name in _VARIABLES)
        mine = seconds.isdigit() and watched in ("", str(pid))
        return cls(address, int(seconds) / 1e6 if mine else None)

    def tell(self, state: str, patience: float = _PATIENCE) -> None:
        """Tell the manager a state, if there is one and it listens within ``patience`` seconds."""
        if not self.address:
            return
        name = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address  # an abstract socket
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.settimeout(patience)
            sending.sendto(state.encode(), name)

    def watch(self, clock: IReactorTime) -> None:
        """Tell the manager regularly that the reactor turns, until the process ends."""
        if self.watchdog is None:
            return
        telling = LoopingCall(self.tell, ALIVE, patience=0)
        telling.clock = clock
        d = telling.start(self.watchdog * _SHARE)
        d.addErrback(lambda failure: _log.failure("the watchdog is not told any more", failure))
