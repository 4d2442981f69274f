"""Guarded responses: what only this machine, or an operator, and pages of this service may see."""

import ipaddress
from typing import Any

from service.errors import NotLocal
from service.web.clients import peer_of
from service.web.exchanges import exchange_of


def check_local(request: Any) -> None:
    """Check that a request comes from this machine, or to the admin endpoint, and not from a page of another origin.

    The ``Host`` has to be one that no page from elsewhere can make a browser send (DNS rebinding).

    :raise NotLocal: if it does not.
    """
    at_admin = exchange_of(request).at_admin
    host = host_of(request)
    allowed_host = is_loopback(host) or (at_admin and is_never_rebound(host))
    if not allowed_host or not has_own_origin(request) or not (at_admin or is_from_here(request)):
        raise NotLocal("this is only available from this machine, at http://localhost, or at the address of --admin")


def is_from_here(request: Any) -> bool:
    """Return whether a request comes from this machine, and not through a proxy on it."""
    peer = peer_of(request)
    proxied = any(request.getHeader(name) is not None for name in (b"x-forwarded-for", b"forwarded"))
    return not proxied and (peer is None or is_loopback(peer))


def is_of_this_origin(request: Any) -> bool:
    """Return whether a request names this machine, and was sent by a page of this service, or by no page."""
    site = request.getHeader(b"sec-fetch-site")
    return is_loopback(host_of(request)) and has_own_origin(request) and site in (None, b"same-origin", b"none")


def has_own_origin(request: Any) -> bool:
    """Return whether a request was sent by a page of this service, or by no page, as far as ``Origin`` says."""
    scheme = b"https" if request.isSecure() else b"http"
    return request.getHeader(b"origin") in (None, scheme + b"://" + (request.getHeader(b"host") or b""))


def host_of(request: Any) -> str:
    """Return the host that a request names, without its port."""
    host: bytes = request.getRequestHostname()
    return host.decode("latin-1")


def is_loopback(host: str) -> bool:
    """Return whether a host is a loopback name or address."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_never_rebound(host: str) -> bool:
    """Return whether a host is an address, or a name without a dot, as in a network of containers.

    A name that can be registered has a dot.
    """
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host
    return True
