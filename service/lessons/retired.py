"""What the slides say not to use, each next to what is used in its place."""

from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from service.errors import BackendError
from service.interfaces import IIMService
from service.values import Contact

KNOWN = {"dustin": [Contact("karl")]}


def as_usernames(contacts: list[Contact]) -> list[str]:
    """Return the usernames of contacts."""
    return [ctct.username for ctct in contacts]


def cached_contacts_wrong(im_service: IIMService, username: str) -> Any:
    """Return a list if it is known, otherwise a Deferred: every caller has to wrap the call in ``maybeDeferred``."""
    if username in KNOWN:
        return as_usernames(KNOWN[username])
    return im_service.get_contact_list(username).addCallback(as_usernames)


def cached_contacts(im_service: IIMService, username: str) -> Deferred[Any]:
    """Return a Deferred in every case: ``succeed`` makes one of a result that is known."""
    if username in KNOWN:
        return succeed(as_usernames(KNOWN[username]))
    return im_service.get_contact_list(username).addCallback(as_usernames)


def log_in(username: str) -> Deferred[Any]:
    """Log a user in; only karl can."""
    return succeed(None) if username == "karl" else fail(BackendError("IM service", "refuses the password"))


def contacts_after_log_in_wrong(im_service: IIMService, username: str) -> Deferred[Any]:
    """Pause a chain until the log-in is done: if that fails nothing calls ``unpause``, and the chain never goes on."""
    d: Deferred[Any] = im_service.get_contact_list(username)
    d.pause()

    def logged_in(_: Any) -> None:
        d.unpause()

    def refused(f: Failure) -> None:
        print("cannot log in:", f.value)

    log_in(username).addCallbacks(logged_in, refused)
    return d.addCallback(as_usernames)


def contacts_after_log_in(im_service: IIMService, username: str) -> Deferred[Any]:
    """Continue in a callback of the log-in: its failure goes the way of every failure."""
    d = log_in(username)

    def logged_in(_: Any) -> Deferred[Any]:
        return im_service.get_contact_list(username)

    d.addCallback(logged_in)
    return d.addCallback(as_usernames)


def contacts_in_time_wrong(im_service: IIMService, username: str, clock: IReactorTime) -> Deferred[Any]:  # noqa: ARG001  as the fix
    """Call ``setTimeout``, which a Deferred does not have any more: an AttributeError."""
    d: Deferred[Any] = im_service.get_contact_list(username)
    d.setTimeout(2)  # type: ignore[attr-defined]  # that is the mistake
    return d.addCallback(as_usernames)  # pragma: no cover  it never gets here


def contacts_in_time(im_service: IIMService, username: str, clock: IReactorTime) -> Deferred[Any]:
    """Call ``addTimeout``, which cancels the work: the Deferred fails with ``TimeoutError``."""
    d: Deferred[Any] = im_service.get_contact_list(username)
    d.addTimeout(2, clock)
    return d.addCallback(as_usernames)
