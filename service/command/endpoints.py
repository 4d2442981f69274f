"""Server endpoints: from a Twisted endpoint string, or on a listening socket inherited from another process."""

import errno
import os
import re
import socket
from typing import Any

from attrs import frozen
from OpenSSL.crypto import Error as KeyFileError
from OpenSSL.SSL import Error as TLSError
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError, VerifyError
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure
from zope.interface import implementer

from service.command.locations import locate
from service.errors import BadSetting, UnusableSetting

_log = Logger()

FLAG = "--listen"
#: A socket of systemd, by itself or behind the PROXY protocol.
_SYSTEMD = re.compile(r"(^|:)systemd:.*")
_SSL = re.compile(r"(?:^|:)ssl:")
#: An IPv6 socket on all addresses, which takes IPv4 connections as well.
_ALL_ADDRESSES = re.compile(r"((?:^|:)tcp)6(:(?:port=)?[0-9]+)$")
#: What Twisted says of a string, and what that means.
_WORDS = (
    (r"missing \d+ required positional argument.*?: '(\w+)'", "{} is missing"),
    (r"unexpected keyword argument '(\w+)'", "unknown option {}"),
    (r"positional arguments? but", "it has too many parts"),
    (r"invalid literal for int\(\) with base \d+: ('.*')", "{} is not a number"),
    (r"Unknown endpoint type: ('.*')", "unknown endpoint type {}"),
)
_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def make_endpoint(description: str, reactor: Any, flag: str = FLAG) -> IStreamServerEndpoint:
    """Parse a Twisted endpoint string, the value of ``flag``.

    :raise BadSetting: if it is invalid, or names a file or socket that cannot be used.
    """
    if isinstance(reactor, Inheriting):
        description = _SYSTEMD.sub(r"\1tcp:0", description)  # the parent has adopted the socket of systemd
    try:
        endpoint: IStreamServerEndpoint = serverFromString(reactor, description)
        if _SSL.search(description):
            locate(description)  # reports a key that does not match its certificate, as each connection would
    except OSError as error:
        problem = f"cannot read {error.filename}: {error.strerror}"
        raise UnusableSetting(flag, description, f"{problem}; name the files with privateKey= and certKey=") from error
    except (KeyFileError, TLSError, VerifyError) as error:
        problem = "privateKey= and certKey= must name the PEM files of a key and its certificate"
        raise UnusableSetting(flag, description, f"{problem} ({what_tls_says(error)})") from error
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        if _SYSTEMD.search(description):
            raise UnusableSetting(flag, description, why_no_socket()) from error
        example = "a Twisted endpoint string such as tcp:8080:interface=127.0.0.1"
        raise BadSetting(flag, description, f"{example} ({what_is_wrong(error)})") from error
    if not _ALL_ADDRESSES.search(description) or isinstance(reactor, Inheriting):
        return endpoint
    return AnyFamily(endpoint, serverFromString(reactor, _ALL_ADDRESSES.sub(r"\1\2", description)))


def why_no_socket() -> str:
    """Say what is missing for a socket of systemd."""
    problem = "systemd has not passed such a socket"
    if "LISTEN_FDNAMES" in os.environ:
        return problem
    return f"{problem}; LISTEN_FDNAMES, which names the sockets that LISTEN_FDS counts, is not set"


def what_tls_says(error: Exception) -> str:
    """Return the words of OpenSSL for what is wrong, or those of Twisted."""
    said = error.args[0] if error.args else ""
    return said.rstrip(".") if isinstance(said, str) else "; ".join(words for _, _, words in said)


def what_is_wrong(error: Exception) -> str:
    """Word an error of Twisted's parser for endpoint strings, which speaks of its functions."""
    for pattern, words in _WORDS:
        if matched := re.search(pattern, str(error)):
            return words.format(*matched.groups())
    return str(error)


@implementer(IStreamServerEndpoint)
@frozen
class AnyFamily:
    """An endpoint on all addresses of a machine, which falls back to IPv4 on a machine without IPv6."""

    ipv6: IStreamServerEndpoint
    ipv4: IStreamServerEndpoint

    def listen(self, protocolFactory: Any) -> Deferred[IListeningPort]:
        """See ``IStreamServerEndpoint``."""
        return self.ipv6.listen(protocolFactory).addErrback(self._or_ipv4, protocolFactory)

    def _or_ipv4(self, failure: Failure, factory: Any) -> Deferred[IListeningPort]:
        failure.trap(CannotListenError)
        error: Any = failure.value
        if getattr(error.socketError, "errno", None) not in _NO_IPV6:
            raise error
        _log.info("IPv6 is not available: listening on IPv4")
        return self.ipv4.listen(factory)


@frozen
class Inheriting:
    """A reactor for endpoints that listens on an inherited socket, whatever address the endpoint names."""

    reactor: Any
    descriptor: int

    def listenTCP(self, _port: int, factory: Any, *_: Any, **__: Any) -> IListeningPort:
        """See ``IReactorTCP``."""
        with socket.socket(fileno=self.descriptor) as inherited:
            family = inherited.family
            inherited.detach()
        port: IListeningPort = self.reactor.adoptStreamPort(self.descriptor, family, factory)
        os.close(self.descriptor)  # the port has a duplicate, and the socket must close when the port does
        return port

    def listenSSL(self, port: int, factory: Any, contextFactory: Any, *_: Any, **__: Any) -> IListeningPort:
        """See ``IReactorSSL``."""
        return self.listenTCP(port, TLSMemoryBIOFactory(contextFactory, False, factory))
