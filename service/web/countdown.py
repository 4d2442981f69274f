"""The countdown as server-sent events, resumable by ``Last-Event-ID``."""

import re
from typing import Annotated, Any, TypedDict

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.web.iweb import IRequest

from service.chains.countdown import count_down, resume_count_down
from service.errors import BadRequest
from service.web.problems import Problem
from service.web.replies import as_event_stream, as_nothing
from service.web.stream import Event, EventStream


class Tick(TypedDict):
    """One tick of a countdown."""

    n: Annotated[int, "the seconds that are left"]


class Done(TypedDict):
    """The end of a countdown."""


#: Type of each event of the stream -> the shape of its data.
EVENTS = {"tick": Tick, "done": Done, "problem": Problem}
#: The last event. A browser that reconnects with its id gets 204, and stops.
DONE = Event("done", {}, id="done")
_TICK_ID = re.compile(b"0|[1-9][0-9]{0,3}")


def as_tick(n: int) -> Event:
    """Make the event for one tick."""
    return Event("tick", {"n": n}, id=str(n))


def stream_countdown(n: int, request: IRequest, clock: IReactorTime) -> Deferred[None] | bytes:
    """Stream the countdown from ``n``, or resume it after the event that ``Last-Event-ID`` names.

    :return: a Deferred that fires with None when the stream has ended, for whatever reason; or an empty body, for
        HEAD and, with 204, for a browser that has seen the last event (after any other response it would reconnect
        for ever).
    :raise BadRequest: if the countdown has no event with that id.
    """
    last = request.getHeader(b"Last-Event-ID")
    if last == b"done":
        return as_nothing(request)
    if last and not (_TICK_ID.fullmatch(last) and int(last) <= n):
        raise BadRequest(f'Last-Event-ID must be 0 to {n} or "done"')
    if request.method == b"HEAD":
        return as_event_stream(request)

    stream = EventStream.open(request, clock)

    def tick(left: int) -> None:
        stream.send(as_tick(left))

    d: Deferred[Any] = resume_count_down(int(last), clock, tick) if last else count_down(n, clock, tick)
    d.addCallback(lambda _: stream.send(DONE))
    d.addErrback(stream.send_problem)  # terminal
    return d.addBoth(lambda _: stream.close())
