"""Rigs: backends under test whose servers can be stopped, frozen and restarted."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred

from fakes.faults import FAULTLESS, Faults
from fakes.injector import FaultInjector
from fakes.people import KNOWN_PEOPLE
from service.values import User
from tests.servers.ejabberd import DOMAIN, Ejabberd

#: All users of the backends under test.
USERS = [User(username, person.name) for username, person in KNOWN_PEOPLE.by_username.items()]


@frozen(kw_only=True)
class Rig:
    """A backend under test, ``subject``; ``ask`` sends it a request that fires with ``answer``."""

    subject: Any
    ask: Callable[[], Deferred[Any]]
    answer: Any
    stop: Callable[[], object]
    start: Callable[[], object]
    freeze: Callable[[], object]
    thaw: Callable[[], object]


def rig_for(subject: Any, world: Any) -> Rig:
    """Make the rig for a backend; ``world`` is its server, or a stand-in that can be stopped and frozen."""
    if hasattr(subject, "get_user"):
        ask, answer = lambda: subject.get_user("dustin").addCallback(lambda user: user.name), "Dustin"
    else:
        ask, answer = lambda: subject.get_contact_list("karl").addCallback(lambda list_: list_[0].username), "dustin"
    return Rig(
        subject=subject,
        ask=ask,
        answer=answer,
        stop=world.stop,
        start=world.start,
        freeze=world.freeze,
        thaw=world.thaw,
    )


@frozen
class Scene:
    """A stand-in for the server of a fake."""

    injector: FaultInjector

    def stop(self) -> None:
        """Make the fake fail as if it were down."""
        self.injector.faults = Faults(down=True)

    def freeze(self) -> None:
        """Make the fake hang."""
        self.injector.faults = Faults(hang=True)

    def start(self) -> None:
        """Remove the fault."""
        self.injector.faults = FAULTLESS

    thaw = start


@frozen
class SQLiteFile:
    """A stand-in for a server: the file is missing when stopped, and locked when frozen."""

    path: Path
    locks: list[sqlite3.Connection]

    def stop(self) -> None:
        """Move the file away."""
        self.path.rename(self.path.with_suffix(".away"))

    def start(self) -> None:
        """Move the file back."""
        self.path.with_suffix(".away").rename(self.path)

    def freeze(self) -> None:
        """Lock the file, as a long write does without a write-ahead log."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        self.locks.append(connection)

    def thaw(self) -> None:
        """Unlock the file."""
        self.locks.pop().close()


def populate(server: Ejabberd) -> None:
    """Register all users with an IM server, and add their contacts."""
    for username in KNOWN_PEOPLE.by_username:
        server.register(username)
    for username, person in KNOWN_PEOPLE.by_username.items():
        for contact in person.contacts:
            server.befriend(username, f"{contact}@{DOMAIN}", KNOWN_PEOPLE.by_username[contact].name)
