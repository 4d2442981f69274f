"""What is imported only when it is used: ``twisted.web`` takes its time."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .site import XRayResource


def resource(*hosts: str) -> "XRayResource":
    """Return a resource for a ``twisted.web`` site, as in ``root.putChild(b"xray", xray.resource())``.

    :param hosts: the names under which it may be asked, without ports; by default, those of this machine.
    """
    from .site import LOOPBACK, XRayResource

    return XRayResource(hosts or LOOPBACK)
