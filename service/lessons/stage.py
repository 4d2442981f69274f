"""The stage on which a lesson runs: fakes, a fake clock, the request of a browser, and how each lesson is called."""

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property, partial
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import define
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from service.backends.registry import DATABASE, IM, make_backend
from service.errors import BackendError, UpstreamStatus
from service.lessons.contacts import QueryRequest
from service.lessons.firing import get_user_name
from service.values import User

USERS = {name: User(name, name.title()) for name in ("dustin", "karl")}


@define(slots=False)
class Stage:
    """What a lesson runs on: the fakes, on a ``clock`` that passes as fast as it is told to, and a ``request``.

    ``cleanup`` is closed when the lesson is over.
    """

    clock: Clock
    request: QueryRequest
    cleanup: ExitStack

    def asked(self, name: str) -> str:
        """Return a parameter of the request; an empty text without it."""
        return self.request.query.get(name, [""])[0]

    @cached_property
    def im_service(self) -> Any:
        """The fake IM service."""
        return make_backend(IM, "fake:", self.clock)

    @cached_property
    def database(self) -> Any:
        """The fake database, which answers after 1.5 seconds as on the slides."""
        return make_backend(DATABASE, "fake:?latency=1.5", self.clock)

    def get_page_title(self, url: str) -> Deferred[str]:
        """Fire with the title of a page of the slides half a second later; the server of any other answers 404."""
        d: Deferred[str] = Deferred()
        if url == "http://buildbot.net":
            self.clock.callLater(0.5, d.callback, "Buildbot")
        else:
            self.clock.callLater(0.5, d.errback, UpstreamStatus(HTTPStatus.NOT_FOUND))
        return d

    def get_user_name(self, username: str) -> Deferred[str]:
        """Look up the name of a user; fails if the user does not exist."""
        return self.database.get_user(username).addCallback(name_of)

    def greet(self) -> Deferred[Any]:
        """Fail a second later."""
        d: Deferred[Any] = Deferred()
        self.clock.callLater(1, d.errback, BackendError("door", "is shut"))
        return d


#: Calls the function of a lesson on a stage, and returns what a Klein route may return.
Show = Callable[[Callable[..., Any], Stage], Any]


def name_of(user: User | None) -> str:
    """Return the name of a user, an error if there is none."""
    if user is None:
        raise LookupError("no such user")
    return user.name


def to_browser(result: Any) -> str:
    """Encode a result for the browser."""
    return json.dumps({"result": result})


def or_error(f: Failure) -> str:
    """Encode an error for the browser."""
    return json.dumps({"error": f"{type(f.value).__name__}: {f.value}"})


def end(d: Deferred[Any]) -> Deferred[Any]:
    """End a chain with the JSON step and, after it, a terminal errback."""
    return d.addCallback(to_browser).addErrback(or_error)


def variant(make_handler: Callable[..., Any], stage: Stage) -> Any:
    """Call a variant of ``ajax_get_contacts``."""
    return make_handler(stage.im_service)(stage.request)


def for_user(function: Callable[..., Any], stage: Stage) -> Any:
    """Ask a function for the contacts of a user."""
    return end(function(stage.im_service, stage.asked("username")))


def in_time(function: Callable[..., Any], stage: Stage) -> Any:
    """Ask a function for the contacts of a user, within a time limit."""
    return end(function(stage.im_service, stage.asked("username"), stage.clock))


def chain_for_user(function: Callable[..., Any], stage: Stage) -> Any:
    """Ask a function that encodes its result itself."""
    return function(stage.im_service, stage.asked("username"))


def user_example(function: Callable[..., Any], stage: Stage) -> Any:
    """Run one of the slides' examples about a user."""
    return end(function(stage.database, stage.asked("username")))


def page_example(function: Callable[..., Any], stage: Stage) -> Any:
    """Run the slides' example about a page."""
    return end(function(stage.get_page_title, stage.asked("url")))


def json_step(function: Callable[..., Any], stage: Stage) -> Any:
    """Add the JSON step to the result of a request that the fakes answer with something that is not JSON."""
    return function(stage.im_service.get_contact_list(stage.asked("username")))


def new_thread(function: Callable[..., Any], stage: Stage) -> Any:
    """Start a new "thread", which fails."""
    return end(function(stage.greet))


def with_failure(function: Callable[..., Any], _: Stage) -> Any:
    """Call a function with a failure."""
    return end(function(Failure(LookupError("no such user"))))


def database(make: Callable[..., Any], stage: Stage) -> Any:
    """Ask a database of the lesson for a user."""
    return end(get_user_name(make(USERS, stage.clock), stage.asked("username")))


def depth(function: Callable[..., Any], _: Stage) -> Any:
    """Add up more numbers than the stack has room for."""
    total = function(sys.getrecursionlimit())
    return end(total if isinstance(total, Deferred) else Deferred.fromCoroutine(total))


def lookup(function: Callable[..., Any], stage: Stage) -> Any:
    """Look up several users."""
    return end(function(stage.get_user_name, stage.request.query.get("username", [])))


def no_argument(function: Callable[..., Any], _: Stage) -> Any:
    """Call a function, and encode the name of what it returns."""
    return to_browser(function().__name__)


def count(function: Callable[..., Any], stage: Stage) -> Any:
    """Count down."""
    return end(function(3, stage.clock, partial(print, "tick")))


def file(function: Callable[..., Any], stage: Stage) -> Any:
    """Wait for a file, which arrives after 2.5 seconds."""
    arrival = Path(stage.cleanup.enter_context(TemporaryDirectory())) / "report.csv"
    stage.clock.callLater(2.5, arrival.touch)
    d, _ = function(str(arrival), stage.clock)
    return end(d)
