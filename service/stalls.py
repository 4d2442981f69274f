"""A watch on the reactor's thread: what blocks it is found out, with the code that does."""

import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from types import FrameType

from attrs import define, field, frozen
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

_log = Logger()

#: Beats of the reactor, and looks of the watching thread, in the time that is too long.
LOOKS = 4
#: Maximum number of stalls that are remembered.
MAX_KEPT = 20
#: Frames and characters of a stack that are kept, the innermost ones: a longer line of the log may not stay whole.
MAX_FRAMES, MAX_STACK = 12, 2000
#: Functions in which a reactor waits for something to happen, which is not a stall.
_WAITING = frozenset(("doPoll", "doSelect", "select", "run", "run_forever", "mainLoop"))


@frozen
class Stall:
    """A time during which the reactor could do nothing else; ``at`` is when it ended, on the reactor's clock."""

    seconds: float
    stack: str
    at: float


@define(eq=False)
class StallDetector:
    """Finds out what blocks the reactor's thread for longer than ``threshold`` seconds.

    The reactor sets a time by which it will do so again. A thread looks at that, and if it has long passed, at what the
    reactor's thread is doing. ``stalls`` are the last ones, and ``count`` is the number of all.
    """

    clock: IReactorTime
    threshold: float
    now: Callable[[], float] = time.monotonic
    #: Takes how late each beat is, in seconds.
    lag: Callable[[float], object] | None = None
    stalls: deque[Stall] = field(factory=lambda: deque(maxlen=MAX_KEPT), init=False)
    count: int = field(default=0, init=False)
    _due: float = field(default=0.0, init=False)
    #: The stack of the reactor's thread in the current stall, or None.
    caught: str | None = field(default=None, init=False)
    _watched: int = field(default=0, init=False)
    _next: IDelayedCall | None = field(default=None, init=False)
    _stopped: threading.Event = field(factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        """Watch the thread that calls this."""
        self._watched = threading.get_ident()
        self._due = self.now()
        self.beat()
        self._thread = threading.Thread(target=self._watch, name="stalls", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        if self._next is not None:
            self._next.cancel()
        if self._thread is not None:
            self._thread.join()

    def beat(self) -> None:
        """Take note that the reactor runs, report the stall that has ended, and do so again soon."""
        now = self.now()
        stack, self.caught = self.caught, None
        overdue = now - self._due
        if stack is not None and overdue > self.threshold:  # else the thread has looked just too late
            stall = Stall(overdue, stack, self.clock.seconds())
            self.count += 1
            self.stalls.append(stall)
            _log.warn("the reactor was blocked for {seconds:.3f} seconds:\n{stack}", seconds=stall.seconds, stack=stack)
        if self.lag is not None:
            self.lag(max(0.0, overdue))
        self._due = now + self.threshold / LOOKS
        self._next = self.clock.callLater(self.threshold / LOOKS, self.beat)  # a LoopingCall would cost more

    def look(self, find_frame: Callable[[], FrameType | None]) -> None:
        """Keep the stack of the reactor's thread, which is in the frame that is found, if a beat is long overdue."""
        if self.caught is None and self.now() - self._due > self.threshold:
            frame = find_frame()
            if frame is not None and frame.f_code.co_name not in _WAITING:
                self.caught = "".join(traceback.format_stack(frame, MAX_FRAMES))[-MAX_STACK:].rstrip()

    def _watch(self) -> None:
        while not self._stopped.wait(self.threshold / LOOKS):
            self.look(self._find_frame)

    def _find_frame(self) -> FrameType | None:
        return sys._current_frames().get(self._watched)  # noqa: SLF001  documented, for just this
