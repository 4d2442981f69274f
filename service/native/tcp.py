"""A native transport over TCP: with its options, and with resets."""

import socket
import struct
from typing import Any

from twisted.internet.interfaces import ITCPTransport
from zope.interface import implementer

from service.native.transport import NativeTransport


@implementer(ITCPTransport)
class NativeTCPTransport(NativeTransport):
    """A native transport over TCP."""

    def abortConnection(self) -> None:
        """See ``ITCPTransport``: the client is told by a reset that there would have been more."""
        if not self._lost:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        super().abortConnection()

    def getTcpNoDelay(self) -> bool:
        """See ``ITCPTransport``."""
        return bool(self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    def setTcpNoDelay(self, enabled: bool) -> None:  # noqa: FBT001  Twisted's own
        """See ``ITCPTransport``."""
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, enabled)

    def getTcpKeepAlive(self) -> bool:
        """See ``ITCPTransport``."""
        return bool(self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))

    def setTcpKeepAlive(self, enabled: bool) -> None:  # noqa: FBT001  Twisted's own
        """See ``ITCPTransport``."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, enabled)

    @property
    def _socket(self) -> Any:
        return self._native.get_extra_info("socket")
