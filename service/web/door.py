"""Where a request comes in under twisted.web: it is numbered, and refused if no route could be asked for it."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import define
from twisted.python.failure import Failure
from twisted.web.resource import IResource
from zope.interface import implementer

from service.errors import BadRequest
from service.web.exchanges import Exchanges
from service.web.problems import as_problem

#: ``uri-host [":" port]`` of RFC 9110, section 7.2; what it admits must be a name that IDNA knows, too.
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(:[0-9]*)?")


@implementer(IResource)
@define
class Door:
    """Lets requests in to the ``routes``, or to those ``beside`` them whose name is the first part of the path.

    Whichever it is sees the whole path. ``exchanges`` follows each request to its end.
    """

    routes: IResource
    beside: Mapping[bytes, IResource]
    exchanges: Exchanges

    isLeaf = True

    def getChildWithDefault(self, _name: bytes, _request: Any) -> IResource:
        """Stay: the routes look at the whole path."""
        return self

    def putChild(self, path: bytes, child: IResource) -> None:
        """Refuse: what there is, the routes say."""
        raise NotImplementedError

    def render(self, request: Any) -> Any:
        """Answer a request."""
        self.exchanges.open(request)
        request.responseHeaders.removeHeader(b"Server")
        if self.exchanges.draining:
            request.setHeader(b"Connection", b"close")
            request.channel.persistent = False
        try:
            _check_host(request.requestHeaders.getRawHeaders(b"Host", [b"localhost"]))
            _check_path(b"/".join(request.postpath))
        except BadRequest:
            return as_problem(Failure(), request)
        first = next(filter(None, request.postpath), b"")  # the routes, too, take several slashes for one
        return self.beside.get(first, self.routes).render(request)


def _check_host(hosts: list[bytes]) -> None:
    if len(hosts) > 1 or not (matched := _HOST.fullmatch(hosts[0])):
        raise BadRequest("the Host header names no possible host")
    try:
        matched[1].decode("ascii").encode("idna")
    except UnicodeError as error:
        raise BadRequest("the Host header names no possible host") from error


def _check_path(path: bytes) -> None:
    try:
        path.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("the path is not UTF-8") from error
