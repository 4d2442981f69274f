"""What comes in: connections, requests in flight, and how many there may be."""

from twisted.internet.interfaces import IReactorTime

from service.command.settings import Settings
from service.web.access import AccessLog
from service.web.admission import Admission
from service.web.budgets import Budgets
from service.web.clients import TrustedProxies
from service.web.exchanges import InFlight
from service.wire.factory import HTTPFactory


def compose_in_flight(settings: Settings, clock: IReactorTime, access_log: AccessLog | None = None) -> InFlight:
    """Make what tracks the requests of this process."""
    return InFlight(
        clock,
        access_log=access_log if settings.access_log == "on" else None,
        proxies=TrustedProxies(settings.trust_proxy),
    )


def compose_budgets(settings: Settings) -> Budgets:
    """Make the budgets of this process."""
    return Budgets.of(settings.in_flight, settings.streams, settings.streams_per_client)


def compose_connections(admission: Admission, settings: Settings, clock: IReactorTime) -> HTTPFactory:
    """Make the HTTP server's protocol factory."""
    return HTTPFactory(
        clock=clock,
        handle=admission.handle,
        refuse=admission.refuse,
        headers=admission.headers,
        limits=settings.limits,
    )
