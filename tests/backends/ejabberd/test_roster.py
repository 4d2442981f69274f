"""Parsing of ejabberd's rosters."""

from typing import Any

import pytest

from service.backends.ejabberd.roster import as_contacts, localpart
from service.errors import BackendError, NoSuchUser
from service.values import Contact

BOTH = {"nick": "", "subscription": "both", "ask": "none"}


def contacts(*rows: dict[str, Any]) -> list[Contact]:
    return as_contacts([BOTH | row for row in rows], "example.org")


def test_usernames() -> None:
    """An account of the own domain is named by its local part, any other and a server by its JID."""
    jids = ["karl@example.org", "karl@elsewhere.example", "icq.example.org", "karl@sub.example.org"]
    assert [contact.username for contact in contacts(*({"jid": jid, "group": ""} for jid in jids))] == [
        "karl",
        *jids[1:],
    ]


def test_groups_of_old() -> None:
    """Until 23.04 a contact has a row for each group, or one with an empty group."""
    old = [{"jid": "a@x", "group": "Friends"}, {"jid": "a@x", "group": "Work"}, {"jid": "b@x", "group": ""}]
    assert contacts(*old) == [Contact("a@x", groups=("Friends", "Work")), Contact("b@x")]


def test_groups_of_today() -> None:
    """Since 23.10 a contact has one row, with a list of its groups."""
    new = [{"jid": "a@x", "groups": ["Friends", "Work"]}, {"jid": "b@x", "groups": []}]
    assert contacts(*new) == [Contact("a@x", groups=("Friends", "Work")), Contact("b@x")]


def test_many_groups() -> None:
    """A contact in very many groups keeps them all, in order."""
    [contact] = contacts(*({"jid": "a@x", "group": str(number)} for number in range(50_000)))
    assert contact.groups == tuple(map(str, range(50_000)))


def test_names() -> None:
    """A contact has the name that its owner gave it, if any."""
    assert [contact.name for contact in contacts({"jid": "a@x", "nick": "Zoë Δ"}, {"jid": "b@x"})] == ["Zoë Δ", None]


@pytest.mark.parametrize(
    ("subscription", "ask", "shown"),
    [("none", "in", False), ("none", "none", True), ("none", "out", True), ("to", "in", True), ("from", "none", True)],
)
def test_who_has_only_asked(subscription: str, ask: str, shown: bool) -> None:
    """An unanswered subscription request is not a contact."""
    assert bool(contacts({"jid": "a@x", "subscription": subscription, "ask": ask})) is shown


@pytest.mark.parametrize(
    "rows",
    [
        *(None, 1, {}, "", {"jid": "a@x"}, "text", [None], [[]], [{}], [{"jid": 1}], [{"jid": ""}]),
        *([{"jid": "a@x", "groups": 1}], [{"jid": "a@x", "groups": [1]}], [{"jid": "a@x", "nick": {"a": 1}}]),
        [{"jid": "\ud800@x", "groups": []}],
    ],
)
def test_nonsense(rows: Any) -> None:
    """A malformed roster is a BackendError."""
    with pytest.raises(BackendError, match="malformed contact list"):
        as_contacts(rows, "example.org")


@pytest.mark.parametrize("username", ["", "a b", "a@b", "a/b", "<a>", "a\tb", "a\0", "'", '"', "&", ":", "ë" * 512])
def test_what_can_be_no_local_part(username: str) -> None:
    """A username that cannot be the local part of a JID (RFC 7622) is an unknown user."""
    with pytest.raises(NoSuchUser):
        localpart(username)


@pytest.mark.parametrize("username", ["zoë", "a.b", "ë" * 511])
def test_a_local_part(username: str) -> None:
    """Any other username is accepted."""
    assert localpart(username) == username
