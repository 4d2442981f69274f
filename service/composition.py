"""Settings become a server: the one place that knows every room."""

from typing import Any

from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IStreamServerEndpoint

from service.chains.contacts import Contacts
from service.chains.health import Health
from service.chains.lookup import Lookup
from service.chains.titles import Titles
from service.chains.users import Users
from service.config import Settings
from service.errors import BadSetting
from service.server import Server
from service.web.application import Application
from service.web.exchanges import Exchanges
from service.wiring import DATABASE, IM, PAGES, make_backend

#: Seconds for fetching a page: other people's servers are slower than our own backends.
PAGE_DEADLINE = 10.0
#: The share of a request's deadline that its look-ups have, so that it can still tell which of them took too long.
LOOKUP_SHARE = 0.8


def compose_application(settings: Settings, reactor: Any) -> Application:
    """Make the application that the settings describe.

    :raise BadSetting: if they describe none.
    """
    database = make_backend(DATABASE, settings.database, reactor)
    im_service = make_backend(IM, settings.im, reactor)
    pages = make_backend(PAGES, settings.pages, reactor)
    users = Users(database)
    return Application(
        contacts=Contacts(im_service),
        users=users,
        lookup=Lookup(get_user=users.get_user, clock=reactor, deadline=settings.deadline * LOOKUP_SHARE),
        titles=Titles(pages),
        health=Health(backends={"database": database, "im": im_service, "pages": pages}, clock=reactor),
        exchanges=Exchanges(reactor),
        clock=reactor,
        deadline=settings.deadline,
        page_deadline=PAGE_DEADLINE,
    )


def compose_server(settings: Settings, reactor: Any) -> Server:
    """Make the server that the settings describe; it does not listen yet.

    :raise BadSetting: if they describe none.
    """
    application = compose_application(settings, reactor)
    return Server.of(
        application.resource(),
        endpoint=make_endpoint(settings.listen, reactor),
        exchanges=application.exchanges,
        clock=reactor,
        linger=settings.linger,
        grace=settings.grace,
    )


def make_endpoint(description: str, reactor: Any) -> IStreamServerEndpoint:
    """Make the endpoint that a string describes.

    :raise BadSetting: if it describes none.
    """
    try:
        endpoint: IStreamServerEndpoint = serverFromString(reactor, description)
    except (ValueError, TypeError, LookupError, OSError) as error:
        raise BadSetting(
            "--listen", description, "a Twisted endpoint string such as tcp:8080:interface=127.0.0.1"
        ) from error
    return endpoint
