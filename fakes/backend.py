"""What all fakes have in common."""

from typing import ClassVar, Self

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

from fakes.injector import FaultInjector
from fakes.suggestions import suggest_usernames
from service.interfaces import IBackend, IForgetting, ISuggesting
from service.values import Suggestion


@implementer(IBackend, IForgetting, ISuggesting)
@frozen
class FakeBackend:
    """A backend whose answers come from an ``injector``.

    ``backend`` is its name in plain words; ``parameter`` is the request's parameter that has the name asked for.
    """

    #: See ``ISuggesting``: what separates a name from its faults.
    reserved: ClassVar[str] = "~"

    injector: FaultInjector
    backend: ClassVar[str]
    parameter: ClassVar[str] = "username"

    @classmethod
    def from_url(cls, url: str, clock: IReactorTime) -> Self:
        """Create a fake from the URL of its flag.

        :raise ValueError: if the URL has an invalid option.
        """
        return cls(FaultInjector.from_url(url, clock, cls.backend, cls.parameter))

    def ping(self) -> Deferred[None]:
        return self.injector.respond("", lambda _: None, None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: there is nothing to release."""
        return succeed(None)

    def forget(self) -> None:
        self.injector.calls.forget()

    def suggestions(self) -> list[Suggestion]:
        return suggest_usernames(self.injector.people)
