"""Settings become a server: the one place that knows every room."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from attrs import evolve
from klein import Klein
from twisted.internet.interfaces import IReactorTime
from twisted.web.resource import IResource

from service.chains.contacts import Contacts
from service.chains.files import Arrivals
from service.chains.health import Health
from service.chains.lookup import Lookup
from service.chains.shared_titles import SharedTitles
from service.chains.suggestions import Suggestions
from service.chains.titles import Titles
from service.chains.users import Users
from service.config import Settings
from service.endpoints import Inheriting, make_endpoint
from service.errors import BadSetting
from service.lessons.matrix import ContactsLesson
from service.lessons.routes import LessonRoutes
from service.server import Server
from service.web.application import Application
from service.web.console.routes import ConsoleRoutes
from service.web.entrance import Entrance
from service.web.exchanges import Exchanges, Remember
from service.web.refusals import refuse
from service.web.xray import XRayRoutes
from service.wire.factory import HTTPFactory
from service.wiring import DATABASE, IM, PAGES, make_backend
from service.xray.journal import Journal

#: Seconds for fetching a page: other people's servers are slower than our own backends. The fetcher that goes out to
#: them has the same deadline, for those who join a fetch that is under way.
PAGE_DEADLINE = 10.0
#: The share of a request's deadline that its look-ups have, so that it can still tell which of them took too long.
LOOKUP_SHARE = 0.8


def compose_application(settings: Settings, reactor: Any, watch: Path) -> Application:
    """Make the application that the settings describe; ``watch`` is the folder in which it waits for files.

    :raise BadSetting: if they describe none.
    """
    database = make_backend(DATABASE, settings.database, reactor)
    im_service = make_backend(IM, settings.im, reactor)
    pages = make_backend(PAGES, settings.pages, reactor)
    users = Users(database)
    exchanges = Exchanges(reactor, log_access=settings.access_log == "on")
    return Application(
        contacts=Contacts(im_service),
        users=users,
        lookup=Lookup(get_user=users.get_user, clock=reactor, deadline=settings.deadline * LOOKUP_SHARE),
        titles=SharedTitles(Titles(pages), reactor),
        health=Health(backends={"database": database, "im": im_service, "pages": pages}, clock=reactor),
        arrivals=Arrivals(folder=watch, clock=reactor),
        exchanges=exchanges,
        beside={
            **compose_console(Suggestions(people=[database, im_service], pages=[pages]), settings),
            "lessons": LessonRoutes(contacts=compose_lesson(settings, watch), clock=reactor).app,
            **(compose_xray(exchanges) if is_watched(settings) else {}),
        },
        clock=reactor,
        deadline=settings.deadline,
        page_deadline=PAGE_DEADLINE,
        wait=settings.wait,
    )


def is_watched(settings: Settings) -> bool:
    """Say whether chains are watched: wherever that is asked for, and where somebody has just come to look around."""
    if settings.xray != "auto":
        return settings.xray == "on"
    fakes = all(url.startswith("fake:") for url in (settings.database, settings.im))
    here = re.search(r":interface=(127\.0\.0\.1|localhost|\\:\\:1)(:|$)", settings.listen) is not None
    return fakes and here and settings.processes == 1 and settings.inherit is None


def compose_console(suggestions: Suggestions, settings: Settings) -> dict[str, Klein]:
    """Make the routes of the page, which is at ``/`` itself."""
    app = ConsoleRoutes(suggestions=suggestions, is_watched=is_watched(settings)).app
    return dict.fromkeys(("", "console", "suggestions"), app)


def compose_xray(exchanges: Exchanges) -> dict[str, Klein]:
    """Make the routes of the X-ray, and have it remember the chains of the exchanges."""
    journal = Journal()
    routes = XRayRoutes(journal, exchanges)
    exchanges.remember, exchanges.conclude = routes.remember, journal.conclude
    return {"xray": routes.app}


def compose_lesson(settings: Settings, watch: Path) -> ContactsLesson:
    """Make the lesson on contacts, which runs on fakes whatever the settings say: their people and faults are known."""
    offline = evolve(settings, database="fake:", im="fake:", pages="fake:", xray="off")

    def make_product(clock: IReactorTime, remember: Remember) -> IResource:
        application = compose_application(offline, clock, watch)
        application.exchanges.remember = remember
        return application.resource()

    return ContactsLesson(
        make_im_service=lambda clock: make_backend(IM, offline.im, clock),
        make_product=make_product,
        deadline=settings.deadline,
    )


def compose_server(settings: Settings, reactor: Any, watch: Path) -> Server:
    """Make the server that the settings describe; it does not listen yet. ``watch`` is as of the application.

    :raise BadSetting: if they describe none.
    """
    if settings.reactor == "epoll" and settings.database.startswith("postgresql:"):
        raise BadSetting("--reactor", "epoll", "asyncio or uvloop, which PostgreSQL is asked through")
    application = compose_application(settings, reactor, watch)
    where = reactor if settings.inherit is None else Inheriting(reactor, settings.inherit)
    return Server(
        endpoint=make_endpoint(settings.listen, where),
        connections=compose_connections(application, settings, reactor),
        backends=application.health.backends.values(),
        exchanges=application.exchanges,
        clock=reactor,
        linger=settings.linger,
        grace=settings.grace,
    )


def compose_connections(application: Application, settings: Settings, clock: IReactorTime) -> HTTPFactory:
    """Make the factory of connections by which the application is served."""
    entrance = Entrance(application.routes(), application.exchanges, settings.in_flight)
    return HTTPFactory(clock=clock, handle=entrance.handle, refuse=refuse, limits=settings.limits)


@contextmanager
def folder_to_watch(asked: Path | None) -> Iterator[Path]:
    """Take the folder that was asked for, or a fresh one, which is removed afterwards if nothing is in it then.

    :raise BadSetting: if no fresh one can be made.
    """
    if asked is not None:
        yield asked
        return
    try:
        fresh = Path(mkdtemp(prefix="ajax-contacts-"))
    except OSError as error:
        raise BadSetting("--watch", "", "a folder, since no temporary one can be made here") from error
    try:
        yield fresh
    finally:
        with suppress(OSError):
            fresh.rmdir()
