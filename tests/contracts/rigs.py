"""A backend under test, and the power to take what is behind it down, freeze it, and bring it back."""

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

#: Everybody whom the backends under test know.
USERS = [User(username, person.name) for username, person in KNOWN_PEOPLE.by_username.items()]


@frozen(kw_only=True)
class Rig:
    """``subject`` is the backend; ``ask`` asks it for something that it has, and gets ``answer``."""

    subject: Any
    ask: Callable[[], Deferred[Any]]
    answer: Any
    stop: Callable[[], object]
    start: Callable[[], object]
    freeze: Callable[[], object]
    thaw: Callable[[], object]


def rig_for(subject: Any, world: Any) -> Rig:
    """Make one for a backend, whose ``world`` is a server, or something that can be stopped and frozen like one."""
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
    """Does to a fake what can be done to a server."""

    injector: FaultInjector

    def stop(self) -> None:
        """Have it be down."""
        self.injector.faults = Faults(down=True)

    def freeze(self) -> None:
        """Have it never answer."""
        self.injector.faults = Faults(hang=True)

    def start(self) -> None:
        """Have it be as before."""
        self.injector.faults = FAULTLESS

    thaw = start


@frozen
class SQLiteFile:
    """Does to a file what can be done to a server: it is away, or somebody has locked it."""

    path: Path
    locks: list[sqlite3.Connection]

    def stop(self) -> None:
        """Take it away."""
        self.path.rename(self.path.with_suffix(".away"))

    def start(self) -> None:
        """Put it back."""
        self.path.with_suffix(".away").rename(self.path)

    def freeze(self) -> None:
        """Lock it, as a program that writes for long does where there is no write-ahead log."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        self.locks.append(connection)

    def thaw(self) -> None:
        """Unlock it."""
        self.locks.pop().close()


def populate(server: Ejabberd) -> None:
    """Have an IM server know everybody, with their contacts."""
    for username in KNOWN_PEOPLE.by_username:
        server.register(username)
    for username, person in KNOWN_PEOPLE.by_username.items():
        for contact in person.contacts:
            server.befriend(username, f"{contact}@{DOMAIN}", KNOWN_PEOPLE.by_username[contact].name)
