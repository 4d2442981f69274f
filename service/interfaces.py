"""What a backend promises. Every method names each way it can end.

Whoever implements one of these verifies it with the suite of the same name in ``tests/contracts/``. All of them
may also raise at once, or fire with nonsense: the chains in ``service.chains`` are built to survive that.
Each Deferred can be cancelled: it then fails with ``CancelledError`` and lets go of its timer or socket.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from zope.interface import Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from service.values import Contact, Page, Suggestion, User


#: Given the beginning of a body and its Content-Type: whether that is enough.
Enough = Callable[[bytes, str | None], bool]


class IBackend(Interface):
    """What every backend can be asked."""

    def ping() -> "Deferred[None]":
        """Find out whether the backend can be reached.

        :return: a Deferred that fires with None if it can, or fails with ``BackendError`` if it cannot, with
            ``Overloaded`` or ``TimedOut`` as any other operation does.
        """

    def close() -> "Deferred[None]":
        """Let go of every connection, timer and thread; nothing is to be asked afterwards.

        :return: a Deferred that fires with None, within a second, whatever state the backend is in.
        """


class IUserDatabase(IBackend):
    """Who is who."""

    def get_user(username: str) -> "Deferred[User | None]":
        """Look up one person.

        :return: a Deferred that fires with the ``User`` of that exact username, or with None if there is
            nobody of that name; or fails with ``BackendError`` if the database cannot be asked, with ``Overloaded``
            if too much is asked of it at once, with ``TimedOut`` if it takes too long.
        """


class IIMService(IBackend):
    """Who talks to whom."""

    def get_contact_list(username: str) -> "Deferred[list[Contact]]":
        """Fetch somebody's contact list.

        :return: a Deferred that fires with the list of ``Contact``, in the service's own order, empty for an
            account without contacts; or fails with ``NoSuchUser`` if there is no such account, with
            ``BackendError`` if the service cannot be asked, with ``Overloaded`` if too much is asked of it at once,
            with ``TimedOut`` if it takes too long.
        """


class IPageFetcher(IBackend):
    """What a web address leads to."""

    def fetch(url: str, enough: Enough) -> "Deferred[Page]":
        """Fetch a web page, or as much of its beginning as is wanted.

        ``enough`` is asked now and then, first before anything of the body has come: given the body so far and
        the value of its Content-Type, it says whether the rest can be done without.

        :return: a Deferred that fires with the ``Page``; or fails with ``InvalidURL`` or ``UnsupportedScheme`` if
            the URL is none of a web page, with ``BlockedAddress`` or ``BlockedPort`` if it leads where we do not
            connect, with ``UpstreamStatus`` if its server answers with another status than 200, with a
            ``PageError`` if no answer can be had or understood, with ``TimedOut`` if it takes too long, with
            ``Overloaded`` if too many fetches are under way.
        """


class ISuggesting(Interface):
    """What a backend may say besides: what to ask it for. No backend has to; those that know everybody do."""

    def suggestions() -> "list[Suggestion]":
        """List what is worth asking for: usernames of an ``IUserDatabase`` or ``IIMService``, URLs of pages else.

        :return: at once, what it knows without asking anybody; it does not raise.
        """
