"""What ejabberd says of an account becomes contacts, or an error of ours."""

import re
from typing import Any

from service.backends.ejabberd.errors import BACKEND
from service.errors import BackendError, NoSuchUser
from service.values import Contact

#: What the local part of a JID cannot have in it (RFC 7622, section 3.3.1), nor be longer than, in bytes.
_NOT_IN_LOCALPART = re.compile(r"[\"&'/:<>@\s\x00-\x1f\x7f]")
MAX_LOCALPART = 1023


def localpart(username: str) -> str:
    """Hand a username on that can be the local part of a JID.

    :raise NoSuchUser: if it can be none, so that no account has it.
    """
    if not username or len(username.encode()) > MAX_LOCALPART or _NOT_IN_LOCALPART.search(username):
        raise NoSuchUser(username)
    return username


def as_contacts(rows: Any, domain: str) -> list[Contact]:
    """Make contacts of what ``get_roster`` answers, in its order.

    A row has a ``group`` until ejabberd 23.04, and there is one for each group of a contact; since 23.10 it has
    ``groups``.

    :raise BackendError: if it is no roster.
    """
    names: dict[str, str | None] = {}
    groups: dict[str, list[str]] = {}
    try:
        for row in as_rows(rows):
            # RFC 6121, appendix A.1: who has asked to be one is no contact yet, and not to be shown as one.
            if (row.get("subscription"), row.get("ask")) == ("none", "in"):
                continue
            jid = text(row["jid"])
            names[jid] = text(row.get("nick", "")) or None
            found = row["groups"] if "groups" in row else filter(None, [row.get("group")])
            groups.setdefault(jid, []).extend(map(text, found))
        return [Contact(username_of(jid, domain), name=names[jid], groups=tuple(groups[jid])) for jid in names]
    except (TypeError, ValueError, LookupError) as error:
        raise BackendError(BACKEND, "answered with a malformed contact list") from error


def as_rows(rows: Any) -> list[dict[str, Any]]:
    """Hand on a list of objects.

    :raise TypeError: if it is none.
    """
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TypeError("no list of objects")
    return rows


def text(value: Any) -> str:
    """Hand on some text.

    :raise TypeError, ValueError: if it is none, or none that can be said in UTF-8.
    """
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()
    return value


def username_of(jid: str, domain: str) -> str:
    """Call an account of our own domain by its local part, any other one by its whole JID."""
    local, at, host = jid.rpartition("@")
    return local if at and host == domain else jid
