"""Latency and fault injection for the fakes, on an injected clock."""

import random
from collections.abc import Callable
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl, urlsplit

from attrs import define, field
from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IReactorTime

from fakes.calls import Calls, address_of
from fakes.faults import FAULTLESS, Faults, add_faults, parse_faults, parse_faults_of_backend, split_name
from fakes.people import KNOWN_PEOPLE, People
from service.errors import BackendError, InvalidParameter, Overloaded, RateLimited, ServiceError, Unauthorised
from service.timers import timers_on
from service.tracing import Caller

T = TypeVar("T")

#: What ``~unauthorised`` asks for (RFC 6750, section 3).
CHALLENGE = 'Bearer realm="ajax-contacts", error="invalid_token"'


class FakeBugError(Exception):
    """The exception that ``~raise`` raises, like a bug in a backend."""


class Unserialisable:
    """An object with the members of a user and a contact, but of a type that cannot be encoded as JSON."""

    username = name = object()


UNSERIALISABLE = Unserialisable()


@define(kw_only=True)
class FaultInjector:
    """The latency and the faults of one fake.

    ``latency`` and ``jitter`` are in seconds: an answer takes ``latency``, plus or minus ``jitter``. ``faults``
    apply to every call, in addition to those in the name. Runs with the same ``seed`` are identical. ``parameter`` is
    the request's parameter that has the name.
    """

    clock: IReactorTime
    backend: str
    latency: float = 0.0
    jitter: float = 0.0
    faults: Faults = FAULTLESS
    seed: int = 0
    people: People = KNOWN_PEOPLE
    parameter: str = "username"
    calls: Calls = field(factory=Calls, init=False)
    _random: random.Random = field(init=False)
    _timers: IReactorTime = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  for repeatable runs, not for secrets
        self._timers = timers_on(self.clock)

    @classmethod
    def from_url(cls, url: str, clock: IReactorTime, backend: str, parameter: str = "username") -> Self:
        """Parse a fake's options from its URL, such as ``fake:?latency=0.2&jitter=0.1&seed=7``.

        :raise ValueError: if an option is unknown or has an invalid value; its text says what is accepted.
        """
        parts = urlsplit(url)
        options: dict[str, Any] = {}
        if parts.netloc or parts.path:
            raise ValueError("nothing but options after 'fake:', such as fake:?latency=0.2")
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            if name not in _OPTIONS:
                raise ValueError(f"options among {', '.join(_OPTIONS)}")
            read, expected = _OPTIONS[name]
            try:
                options[name] = read(value)
            except ValueError as error:
                raise ValueError(f"{name} to be {expected or error}") from error
        return cls(clock=clock, backend=backend, parameter=parameter, **options)

    def respond(
        self,
        asked: str,
        answer: Callable[[str], T],
        nonsense: T,
        odd: Any = UNSERIALISABLE,
        *,
        caller: Caller | None = None,
    ) -> Deferred[T]:
        """Answer a call for a name, with the faults in that name.

        :param answer: takes the plain name after the delay and returns the answer, or raises to fail.
        :param nonsense: the answer for the fault ``malformed``.
        :param odd: the answer for the fault ``unserialisable``.
        :param caller: the calls of each are counted by themselves.
        :return: a Deferred that fires with the answer; or fails as ``answer`` does, with the error of a fault, or with
            ``InvalidParameter`` if a fault in the name is misspelt.
        """
        plain, faults, down, wait = asked, self.faults, False, self.latency
        if faults is not FAULTLESS or self.jitter or "~" in asked:
            try:
                plain, by_name = split_name(asked)
            except ValueError as error:
                return fail(no_such_fault(self.parameter, str(error)))
            faults = self.calls.faults_now(add_faults(faults, by_name), asked, address_of(caller))
            down, wait = faults.down or self._is_unlucky(faults.flaky), self._wait(faults.slow)
        if faults.bug:
            raise FakeBugError(asked)
        if faults.hang:
            return Deferred(lambda _: None)
        d: Deferred[str] = Deferred(lambda _: timer.cancel())
        timer = self._timers.callLater(wait, d.callback, plain)

        def as_answer(plain: str) -> T:
            error = self._error_of(faults, down=down)
            if error is not None:
                raise error
            if faults.malformed:
                return nonsense
            return odd if faults.unserialisable else answer(plain)

        return d.addCallback(as_answer)

    def _error_of(self, faults: Faults, *, down: bool) -> ServiceError | None:
        if faults.unauthorised:
            return Unauthorised("the session has ended; log in again", CHALLENGE)
        if faults.limited:
            return RateLimited(f"the {self.backend} takes no more calls of yours for now", faults.limited)
        if faults.overloaded:
            return Overloaded(f"the {self.backend} is busy; try again in 1 second")
        return BackendError(self.backend, "cannot be reached") if down else None

    def _is_unlucky(self, flaky: float) -> bool:
        return flaky > 0 and self._random.random() < flaky

    def _wait(self, slow: float) -> float:
        wait = self.latency + slow
        return max(slow, wait + self._random.uniform(-self.jitter, self.jitter)) if self.jitter else wait


def no_such_fault(parameter: str, problem: str) -> InvalidParameter:
    """Make the error for a misspelt fault in a parameter; its text is only the ``problem``."""
    error = InvalidParameter(parameter, problem)
    error.error, error.args = problem, (problem,)
    return error


def _amount(text: str) -> float:
    return parse_faults(f"slow={text}").slow


#: Option -> its parser, and what is expected, unless the parser's error says so.
_OPTIONS: dict[str, tuple[Callable[[str], object], str]] = {
    "latency": (_amount, "seconds, from 0 to 3600"),
    "jitter": (_amount, "seconds, from 0 to 3600"),
    "seed": (int, "a whole number"),
    "faults": (parse_faults_of_backend, "a list of faults of a backend, such as slow=2~flaky=0.1"),
    "people": (People.from_file, ""),
}
