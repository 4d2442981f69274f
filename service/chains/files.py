"""File polling: the slides' ``wait_for_file``, and a watched folder whose waiters share polls."""

from os import fsdecode
from os.path import exists, islink, realpath
from pathlib import Path

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall

from service.chains.coalescing import Coalescer
from service.errors import InvalidParameter
from service.values import Arrival


def wait_for_file(path: Path, poll_interval: float = 1, *, clock: IReactorTime) -> Deferred[None]:
    """Poll for a file, immediately and then every ``poll_interval`` seconds, until it exists.

    :return: a Deferred that fires with None when the file exists; or fails with ``InvalidParameter`` if it is a
        link out of its folder, or with ``CancelledError`` if it is cancelled, which stops the polling.
    """

    def poll() -> None:
        if has_arrived(path):
            loop.stop()
            d.callback(None)

    loop = LoopingCall(poll)
    loop.clock = clock
    # Not the Deferred of start(): cancelling that one would leave the loop running.
    d: Deferred[None] = Deferred(lambda _: loop.stop())
    loop.start(poll_interval).addErrback(d.errback)
    return d


def has_arrived(path: Path) -> bool:
    """Return whether a path exists; links are followed only inside their folder.

    :raise InvalidParameter: if it is a link that leads out of its folder, whether or not its target exists.
    """
    # realpath() only reads links; exists(), which looks at the target, comes after the check.
    if islink(path) and not Path(realpath(path)).is_relative_to(realpath(path.parent)):
        raise InvalidParameter("filename", "is a link that leads out of the watched folder")
    return exists(path)


@define(kw_only=True)
class Arrivals:
    """Files that arrive in a ``folder``; waiters for the same file share its polls."""

    folder: Path
    clock: IReactorTime
    _polls: Coalescer[None] = field(factory=Coalescer, init=False)

    def wait_for(self, filename: str) -> Deferred[Arrival]:
        """Wait for a file; ``filename`` is a single path component.

        :return: a Deferred that fires with its ``Arrival``; or fails as ``wait_for_file`` does.
        """
        asked = self.clock.seconds()
        # A name on the disk is bytes, whether or not the locale of this process knows its letters.
        path = self.folder / fsdecode(filename.encode())
        d = self._polls.join(filename, lambda: wait_for_file(path, clock=self.clock))
        return d.addCallback(lambda _: Arrival(filename=filename, waited=round(self.clock.seconds() - asked, 3)))
