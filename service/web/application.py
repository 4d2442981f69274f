"""The main routes: each is a short Deferred chain in the style of the slides."""

from typing import Any, ClassVar

from attrs import define, field
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest

from service.chains.contacts import Contacts
from service.chains.files import Arrivals
from service.chains.lookup import Lookup
from service.chains.shared_titles import SharedTitles
from service.chains.users import Users
from service.errors import NoSuchUser, NotYours, TimedOut, or_time_out
from service.timers import timers_on
from service.web.auth.permissions import Permissions
from service.web.bodies import arrival_body, contacts_body, title_body, user_info_body, user_name_body, users_body
from service.web.countdown import EVENTS, stream_countdown
from service.web.exchanges import exchange_of
from service.web.openapi.operations import BACKEND, CALLER, CANCELLED, PAGE, described
from service.web.parameters import COUNT, FILENAME, LAST_EVENT_ID, URL, USERNAME, USERNAMES
from service.web.problems import as_problem
from service.web.query import (
    count_asked_for,
    filename_asked_for,
    url_asked_for,
    username_asked_for,
    usernames_asked_for,
)
from service.web.replies import as_head, as_json, let_caches_keep


@define(kw_only=True, eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class Application:
    """The main endpoints of the service. ``deadline``, ``page_deadline`` and ``wait`` are in seconds."""

    contacts: Contacts
    users: Users
    lookup: Lookup
    titles: SharedTitles
    arrivals: Arrivals
    permissions: Permissions
    clock: IReactorTime
    deadline: float
    page_deadline: float
    wait: float
    #: A clock for ``addTimeout``.
    deadlines: IReactorTime = field(init=False)

    app = Klein()
    remembered: ClassVar[bool] = True

    def __attrs_post_init__(self) -> None:
        self.deadlines = timers_on(self.clock)

    @app.route("/contacts", methods=["GET"])
    @described(contacts_body, USERNAME, errors=(NotYours, NoSuchUser, *CALLER, *BACKEND))
    def ajax_get_contacts(self, request: IRequest) -> Deferred[bytes]:
        """Return the usernames on the contact list of ``username``."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(username_asked_for)
        if self.permissions.needed:
            d.addCallback(self.permissions.allowed_to_read, request)
        d.addCallback(self.contacts.get_contacts, exchange_of(request))
        d.addTimeout(self.deadline, self.deadlines, or_time_out)
        d.addCallback(contacts_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)  # terminal: the browser's JavaScript takes it from here
        return d

    @app.route("/user-info", methods=["GET"])
    @described(user_info_body, USERNAME, errors=(NoSuchUser, *CALLER, *BACKEND))
    def ajax_get_user_info(self, request: IRequest) -> Deferred[bytes]:
        """Return the user record of ``username``."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(username_asked_for)
        if self.permissions.needed:
            d.addCallback(self.permissions.allowed_to_ask, request)
        d.addCallback(self.users.get_user, exchange_of(request))
        d.addTimeout(self.deadline, self.deadlines, or_time_out)
        d.addCallback(user_info_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/user-name", methods=["GET"])
    @described(user_name_body, USERNAME, errors=(*CALLER, *BACKEND))
    def ajax_get_user_name(self, request: IRequest) -> Deferred[bytes]:
        """Return the display name of ``username``, or ``"(unknown)"`` for an unknown user."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(username_asked_for)
        if self.permissions.needed:
            d.addCallback(self.permissions.allowed_to_ask, request)
        d.addCallback(self.users.get_user_name, exchange_of(request))
        d.addTimeout(self.deadline, self.deadlines, or_time_out)
        d.addCallback(user_name_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/users", methods=["GET"])
    @described(users_body, USERNAMES, errors=(*CALLER, *CANCELLED))
    def ajax_get_users(self, request: IRequest) -> Deferred[bytes]:
        """Look up several users in parallel within one deadline; failures are reported per user."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(usernames_asked_for)
        if self.permissions.needed:
            d.addCallback(self.permissions.allowed_to_ask, request)
        d.addCallback(self.lookup.parallel_lookup, exchange_of(request))
        d.addTimeout(self.deadline, self.deadlines, or_time_out)
        d.addCallback(users_body, request)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/page-title", methods=["GET"])
    @described(title_body, URL, errors=(*CALLER, *PAGE))
    def ajax_get_page_title(self, request: IRequest) -> Deferred[bytes]:
        """Return the title of the page at ``url``."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(url_asked_for)
        if self.permissions.needed:
            d.addCallback(self.permissions.allowed_to_ask, request)
        d.addCallback(self.titles.get_page_title, exchange_of(request))
        d.addTimeout(self.page_deadline, self.deadlines, or_time_out)
        d.addCallback(let_caches_keep, request, not self.permissions.needed)
        d.addCallback(title_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/countdown", methods=["GET"])
    @described(EVENTS, COUNT, LAST_EVENT_ID, empty="the last event has been seen, so a browser stops here")
    def ajax_count_down(self, request: IRequest) -> Deferred[bytes]:
        """Stream one tick per second from ``n`` down to 0, as server-sent events."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(count_asked_for)
        d.addCallback(stream_countdown, request, self.clock)  # has its own terminal errback for errors mid-stream
        d.addErrback(as_problem, request)
        return d

    @app.route("/wait-for-file", methods=["GET"])
    @described(arrival_body, FILENAME, errors=(*CALLER, TimedOut, *CANCELLED))
    def ajax_wait_for_file(self, request: IRequest) -> Deferred[bytes]:
        """Respond once ``filename`` exists in the watched folder."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(filename_asked_for)
        if self.permissions.needed:
            d.addCallback(self.permissions.allowed_to_ask, request)
        d.addCallback(self._wait_for_file, request)
        d.addErrback(as_problem, request)
        return d

    def _wait_for_file(self, filename: str, request: IRequest) -> Deferred[bytes] | bytes:
        if request.method == b"HEAD":
            return as_head(request)
        d: Deferred[Any] = self.arrivals.wait_for(filename)
        d.addTimeout(self.wait, self.deadlines, or_no_file)
        d.addCallback(arrival_body)
        return d.addCallback(as_json, request)


def or_no_file(_: object, seconds: float) -> Failure:
    """Replace the outcome of the cancelled wait with ``TimedOut`` for a file that did not arrive."""
    return Failure(TimedOut(seconds, "file with that name"))
