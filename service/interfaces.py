"""The interfaces of the backends; every method documents each outcome.

An implementation is verified with the suite of the same name in ``tests/contracts/``. A method may also raise
immediately, or fire with garbage: the chains in ``service.chains`` are built to survive that.
Each Deferred can be cancelled: it then fails with ``CancelledError`` and releases its timer or socket.
"""

from collections.abc import Callable
from enum import Enum

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from service.tracing import Caller
from service.values import Contact, Page, Suggestion, User


class Need(Enum):
    """How much the rest of a page is needed."""

    REQUIRED = "the page is of no use without it"
    USEFUL = "it adds to the page, which can be used without it"
    NOTHING = "it is not needed"


#: Takes the beginning of a body and its Content-Type, and returns how much the rest is needed.
NeedOfMore = Callable[[bytes, str | None], Need]


class IBackend(Interface):
    """The operations that every backend has."""

    def ping() -> Deferred[None]:
        """Check whether the backend is reachable.

        :return: a Deferred that fires with None if it is; or fails with ``BackendError`` if it is not, or with
            ``Overloaded`` or ``TimedOut``, like any other operation.
        """

    def close() -> Deferred[None]:
        """Release every connection, timer and thread; the backend must not be used afterwards.

        :return: a Deferred that fires with None within a second, whatever state the backend is in.
        """


class IUserDatabase(IBackend):
    """A user directory."""

    def get_user(username: str, caller: Caller | None = None) -> Deferred[User | None]:
        """Look up one user, for a ``caller``.

        :return: a Deferred that fires with the ``User`` of that exact username, or with None for an unknown user; or
            fails with ``BackendError`` if the database cannot be queried, with ``Overloaded`` if it has too many
            queries at the same time, or with ``TimedOut`` if it takes too long.
        """


class IIMService(IBackend):
    """Contact lists."""

    def get_contact_list(username: str, caller: Caller | None = None) -> Deferred[list[Contact]]:
        """Fetch the contact list of a user, for a ``caller``: the service is told the trace of the request.

        :return: a Deferred that fires with the list of ``Contact``, in the service's own order, empty for an
            account without contacts; or fails with ``NoSuchUser`` if the account does not exist, with
            ``BackendError`` if the service cannot be queried, with ``Overloaded`` if it has too many queries at the
            same time, or with ``TimedOut`` if it takes too long.
        """


class IPageFetcher(IBackend):
    """Web pages."""

    def fetch(url: str, need: NeedOfMore, caller: Caller | None = None) -> Deferred[Page]:
        """Fetch a web page, or as much of its beginning as is needed, for a ``caller``.

        ``need`` is called from time to time, first before any of the body has arrived. It takes the body so far and
        the value of its Content-Type, and returns how much the rest is needed. The fetcher does not wait long
        for what is merely useful: without it, the page is ``broken``, but the fetch succeeds.

        :return: a Deferred that fires with the ``Page``; or fails with ``InvalidURL`` or ``UnsupportedScheme`` if
            the URL is not a web address, with ``BlockedAddress`` or ``BlockedPort`` if it leads to an address or
            port that is not allowed, with ``UpstreamStatus`` if the status of the response is not 200, with a
            ``PageError`` if the response is missing or invalid, with ``TimedOut`` if it takes too long, or with
            ``Overloaded`` if there are too many fetches at the same time.
        """


class ISuggesting(Interface):
    """Optional: example queries that a backend can offer."""

    reserved: str = Attribute(
        "Characters that have a meaning of their own in a name or URL, so that not every one is valid."
    )

    def suggestions() -> list[Suggestion]:
        """List example queries: usernames for an ``IUserDatabase`` or ``IIMService``, otherwise URLs of pages.

        :return: what the backend knows without any I/O; it does not raise.
        """


class IForgetting(Interface):
    """Optional: a backend that remembers calls, as the fakes count those that are to fail."""

    def forget() -> None:
        """Forget every call until now."""
