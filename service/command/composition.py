"""The composition root: it makes a server from settings, and is the only module that knows every package.

What a start does not need, the lessons and X-ray, is imported by the functions that do.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve
from twisted.internet.interfaces import IReactorTime

from service.backends.registry import DATABASE, IM, PAGES, make_backend
from service.chains.contacts import Contacts
from service.chains.files import Arrivals
from service.chains.health import Health
from service.chains.lookup import Lookup
from service.chains.shared_titles import SharedTitles
from service.chains.suggestions import Suggestions
from service.chains.titles import Titles
from service.chains.users import Users
from service.command.admin import compose_admin
from service.command.authentication import make_authentication
from service.command.controls import compose_clock, with_controls
from service.command.endpoints import Inheriting, make_endpoint
from service.command.observation import Observation
from service.command.reactors import choose
from service.command.server import Server
from service.command.settings import Settings
from service.command.traffic import compose_budgets, compose_connections, compose_in_flight
from service.web.access import AccessLog
from service.web.admission import Admission
from service.web.application import Application
from service.web.auth.permissions import EVERYBODY, Permissions
from service.web.console.routes import ConsoleRoutes
from service.web.cors import CORS
from service.web.dispatcher import Dispatcher, Routes
from service.web.exchanges import InFlight
from service.web.health import HealthRoutes
from service.web.lessons import LessonRoutes
from service.web.openapi.routes import DescriptionRoutes
from service.wire.factory import HTTPFactory

if TYPE_CHECKING:
    from service.lessons.matrix import ContactsLesson
    from service.xray.recent import RecentTraces

#: Seconds for fetching a page, because remote web servers are slower than our own backends. The page fetcher has the
#: same deadline, for requests that join a fetch already in progress.
PAGE_DEADLINE = 10.0
#: The share of a request's deadline that its lookups get, so that the response can name those that timed out.
LOOKUP_SHARE = 0.8


def make_backends(settings: Settings, reactor: Any) -> dict[str, Any]:
    """Make the backends that the settings name.

    :raise BadSetting: if a URL does not describe a backend.
    """
    return {
        "database": make_backend(DATABASE, settings.database, reactor),
        "im": make_backend(IM, settings.im, reactor),
        "pages": make_backend(PAGES, settings.pages, reactor),
    }


def compose_endpoints(
    settings: Settings,
    backends: Mapping[str, Any],
    clock: IReactorTime,
    watch: Path,
    permissions: Permissions,
) -> Application:
    """Make the endpoints on their backends; ``watch`` is the folder that ``/wait-for-file`` watches."""
    users = Users(backends["database"])
    return Application(
        contacts=Contacts(backends["im"]),
        users=users,
        lookup=Lookup(get_user=users.get_user, clock=clock, deadline=settings.deadline * LOOKUP_SHARE),
        titles=SharedTitles(Titles(backends["pages"]), clock),
        arrivals=Arrivals(folder=watch, clock=clock),
        permissions=permissions,
        clock=clock,
        deadline=settings.deadline,
        page_deadline=PAGE_DEADLINE,
        wait=settings.wait,
    )


def compose_admission(
    settings: Settings,
    backends: Mapping[str, Any],
    in_flight: InFlight,
    watch: Path,
    permissions: Permissions = EVERYBODY,
) -> Admission:
    """Compose the routes behind the concurrency limit: endpoints, health, console, lessons, description."""
    clock = in_flight.clock
    suggestions = Suggestions(people=[backends["database"], backends["im"]], pages=[backends["pages"]])
    routes: list[Routes] = [
        compose_endpoints(settings, backends, clock, watch, permissions),
        HealthRoutes(Health(backends=backends, clock=clock), in_flight),
        ConsoleRoutes(
            suggestions=suggestions,
            is_watched=settings.is_watched,
            takes_tokens=settings.takes_tokens,
            has_clock=settings.clock == "manual",
            makes_files=settings.makes_files,
        ),
        LessonRoutes(make_lesson=partial(compose_lesson, settings, watch), clock=clock),
    ]
    routes.append(DescriptionRoutes(tuple(routes), suggestions.reserved()))
    cors = CORS.of(settings.allow_origin, loopback=settings.has_fake_people)
    return Admission(Dispatcher(routes, in_flight.observer), in_flight, compose_budgets(settings), cors)


def compose_lesson(settings: Settings, watch: Path) -> "ContactsLesson":
    """Make the contacts lesson, which always runs on the fakes with their known users and faults."""
    from service.lessons.matrix import ContactsLesson
    from service.web.xray import TraceObserver

    offline = evolve(settings, database="fake:", im="fake:", pages="fake:")

    def make_product(clock: IReactorTime, traces: "RecentTraces") -> HTTPFactory:
        observer = TraceObserver(traces)
        in_flight = InFlight(clock, observer)
        endpoints = compose_endpoints(offline, make_backends(offline, clock), clock, watch, EVERYBODY)
        admission = Admission(Dispatcher([endpoints], observer), in_flight, compose_budgets(offline))
        return compose_connections(admission, offline, clock)

    return ContactsLesson(
        make_im_service=lambda clock: make_backend(IM, offline.im, clock),
        make_product=make_product,
        deadline=settings.deadline,
    )


def compose_server(settings: Settings, reactor: Any, watch: Path, access_log: AccessLog | None = None) -> Server:
    """Make the server that the settings describe, not yet listening; ``watch`` is as in ``compose_endpoints``.

    :raise BadSetting: if the settings are invalid.
    """
    choose(settings.reactor, settings.database)
    clock = compose_clock(settings, reactor)
    made = make_backends(settings, clock)
    authentication = make_authentication(settings, reactor)
    in_flight = compose_in_flight(settings, clock, access_log)
    watch_over = Observation.of(settings, reactor)
    in_flight.metrics = watch_over.metrics
    backends = watch_over.measured(made)
    admission = compose_admission(settings, backends, in_flight, watch, Permissions(authentication.authenticator))
    admission = watch_over.observe(admission, settings)
    admission = with_controls(admission, settings, made, reactor, watch)
    connections = compose_connections(admission, settings, reactor)
    watch_over.measure(admission, backends, connections)
    where = reactor if settings.inherit is None else Inheriting(reactor, settings.inherit)
    asked_at_start = backends if clock is reactor else {}  # they would not answer before the clock advances
    return Server(
        endpoint=make_endpoint(settings.listen, where),
        connections=connections,
        admin=compose_admin(admission, settings, where),
        health=Health(backends=asked_at_start, clock=clock),
        backends=[*backends.values(), *authentication.closing],
        in_flight=in_flight,
        clock=reactor,
        linger=settings.linger,
        grace=settings.grace,
        stalls=watch_over.stalls,
    )
