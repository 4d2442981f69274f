"""The routes: each a Deferred chain of a few lines, in the slides' own shape."""

from typing import Any, ClassVar

from attrs import define
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest

from service.chains.contacts import Contacts
from service.chains.files import Arrivals
from service.chains.health import Health
from service.chains.lookup import Lookup
from service.chains.shared_titles import SharedTitles
from service.chains.users import Users
from service.errors import Draining, TimedOut
from service.web.bodies import (
    arrival_body,
    contacts_body,
    readiness_body,
    title_body,
    user_info_body,
    user_name_body,
    users_body,
)
from service.web.countdown import stream_countdown
from service.web.exchanges import InFlight
from service.web.parameters import (
    count_asked_for,
    filename_asked_for,
    url_asked_for,
    username_asked_for,
    usernames_asked_for,
)
from service.web.problems import as_problem
from service.web.replies import as_head, as_json


@define(kw_only=True, eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class Application:
    """What the service answers, on which path. ``deadline``, ``page_deadline`` and ``wait`` are in seconds."""

    contacts: Contacts
    users: Users
    lookup: Lookup
    titles: SharedTitles
    health: Health
    arrivals: Arrivals
    in_flight: InFlight
    clock: IReactorTime
    deadline: float
    page_deadline: float
    wait: float

    app = Klein()
    remembered: ClassVar[bool] = True

    @app.route("/contacts", methods=["GET"])
    def ajax_get_contacts(self, request: IRequest) -> Deferred[bytes | None]:
        """Whom ``username`` talks to."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(username_asked_for)
        d.addCallback(self.contacts.get_contacts)
        d.addTimeout(self.deadline, self.clock, or_time_out)
        d.addCallback(contacts_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)  # terminal: the browser's JavaScript takes it from here
        return d

    @app.route("/user-info", methods=["GET"])
    def ajax_get_user_info(self, request: IRequest) -> Deferred[bytes | None]:
        """Who ``username`` is."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(username_asked_for)
        d.addCallback(self.users.get_user)
        d.addTimeout(self.deadline, self.clock, or_time_out)
        d.addCallback(user_info_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/user-name", methods=["GET"])
    def ajax_get_user_name(self, request: IRequest) -> Deferred[bytes | None]:
        """What ``username`` is called, ``"(unknown)"`` if there is nobody of that name."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(username_asked_for)
        d.addCallback(self.users.get_user_name)
        d.addTimeout(self.deadline, self.clock, or_time_out)
        d.addCallback(user_name_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/users", methods=["GET"])
    def ajax_get_users(self, request: IRequest) -> Deferred[bytes | None]:
        """Who each ``username`` is, and why some are not to be had; ends within the look-ups' own deadline."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(usernames_asked_for)
        d.addCallback(self.lookup.parallel_lookup)
        d.addTimeout(self.deadline, self.clock, or_time_out)
        d.addCallback(users_body, request)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/page-title", methods=["GET"])
    def ajax_get_page_title(self, request: IRequest) -> Deferred[bytes | None]:
        """What the page at ``url`` is called."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(url_asked_for)
        d.addCallback(self.titles.get_page_title)
        d.addTimeout(self.page_deadline, self.clock, or_time_out)
        d.addCallback(title_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/countdown", methods=["GET"])
    def ajax_count_down(self, request: IRequest) -> Deferred[bytes | None]:
        """A tick a second from ``n`` down to 0, as server-sent events."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(count_asked_for)
        d.addCallback(stream_countdown, request, self.clock)  # has a terminal errback for what goes wrong under way
        d.addErrback(as_problem, request)
        return d

    @app.route("/wait-for-file", methods=["GET"])
    def ajax_wait_for_file(self, request: IRequest) -> Deferred[bytes | None]:
        """When the file ``filename`` is there."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(filename_asked_for)
        d.addCallback(self._wait_for_file, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/livez", methods=["GET"])
    def livez(self, request: IRequest) -> Deferred[bytes | None]:
        """Whether the process is alive: it is, if it can say so."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(lambda _: {"status": "ok"})
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/readyz", methods=["GET"])
    def readyz(self, request: IRequest) -> Deferred[bytes | None]:
        """Whether to send requests here; a backend that is down is named, and no reason to send none."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(self._unless_draining)
        d.addCallback(lambda _: self.health.check())
        d.addCallback(readiness_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    def _wait_for_file(self, filename: str, request: IRequest) -> Deferred[bytes] | bytes:
        if request.method == b"HEAD":
            return as_head(request)
        d: Deferred[Any] = self.arrivals.wait_for(filename)
        d.addTimeout(self.wait, self.clock, or_no_file)
        d.addCallback(arrival_body)
        return d.addCallback(as_json, request)

    def _unless_draining(self, request: IRequest) -> IRequest:
        if self.in_flight.draining:
            raise Draining("the service is stopping")
        return request


def or_time_out(_: object, seconds: float) -> Failure:
    """Put ``TimedOut`` in the place of whatever the cancelled work ended with."""
    return Failure(TimedOut(seconds))


def or_no_file(_: object, seconds: float) -> Failure:
    """Put ``TimedOut`` in the place of a file that did not arrive."""
    return Failure(TimedOut(seconds, "file of that name"))
