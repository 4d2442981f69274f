"""Parsing of ejabberd's rosters into contacts."""

import re
from typing import Any

from service.backends.ejabberd.errors import BACKEND
from service.errors import BackendError, NoSuchUser
from service.values import Contact

#: Characters forbidden in the local part of a JID (RFC 7622, section 3.3.1), and its maximum length in bytes.
_NOT_IN_LOCALPART = re.compile(r"[\"&'/:<>@\s\x00-\x1f\x7f]")
MAX_LOCALPART = 1023


def localpart(username: str) -> str:
    """Return a username if it can be the local part of a JID.

    :raise NoSuchUser: if it cannot, so that no account has it.
    """
    if not username or len(username.encode()) > MAX_LOCALPART or _NOT_IN_LOCALPART.search(username):
        raise NoSuchUser(username)
    return username


def as_contacts(rows: Any, domain: str) -> list[Contact]:
    """Convert the answer of ``get_roster`` to contacts, in its order.

    Until ejabberd 23.04 a contact has a row with a ``group`` for each of its groups; since 23.10 it has a single row
    with ``groups``.

    :raise BackendError: if the answer is not a roster.
    """
    if not isinstance(rows, list):
        raise BackendError(BACKEND, "answered with a malformed contact list")
    names: dict[str, str | None] = {}
    groups: dict[str, list[str]] = {}
    try:
        for row in rows:
            # RFC 6121, appendix A.1: an unanswered subscription request must not be shown as a contact.
            if (row.get("subscription"), row.get("ask")) == ("none", "in"):
                continue
            jid = text(row["jid"])
            names[jid] = text(row.get("nick", "")) or None
            found = row["groups"] if "groups" in row else filter(None, [row.get("group")])
            groups.setdefault(jid, []).extend(map(text, found))
        return [Contact(username_of(jid, domain), name=names[jid], groups=tuple(groups[jid])) for jid in names]
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise BackendError(BACKEND, "answered with a malformed contact list") from error


def text(value: Any) -> str:
    """Return a value if it is text.

    :raise TypeError, ValueError: if it is not a string, or cannot be encoded as UTF-8.
    """
    if not isinstance(value, str):
        raise TypeError("not text")
    value.encode()
    return value


def username_of(jid: str, domain: str) -> str:
    """Return the local part for an account of ``domain``, the whole JID for any other."""
    local, at, host = jid.rpartition("@")
    return local if at and host == domain else jid
