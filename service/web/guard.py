"""Guarded responses: what only this machine, and pages of this service, may see."""

import ipaddress
from typing import Any

from service.errors import NotLocal


def check_local(request: Any) -> None:
    """Check that a request names this machine in its ``Host``, as no page from elsewhere can make a browser do.

    :raise NotLocal: if it names another host, which may still lead here (DNS rebinding).
    """
    if not is_loopback(request.getRequestHostname().decode("latin-1")):
        raise NotLocal("X-ray is only available from this machine, at http://localhost")


def is_of_this_origin(request: Any) -> bool:
    """Return whether a request names this machine, and was sent by a page of this service, or by no page."""
    scheme = b"https" if request.isSecure() else b"http"
    own = scheme + b"://" + (request.getHeader(b"host") or b"")
    site = request.getHeader(b"sec-fetch-site")
    return (
        is_loopback(request.getRequestHostname().decode("latin-1"))
        and request.getHeader(b"origin") in (None, own)
        and site in (None, b"same-origin", b"none")
    )


def is_loopback(host: str) -> bool:
    """Return whether a host is a loopback name or address."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
