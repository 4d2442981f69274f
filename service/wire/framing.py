"""What frames a request: its host, its target, and the length of its body."""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple

from service.wire.errors import ProtocolError
from service.wire.grammar import PARAMETER, TOKEN
from service.wire.head import Head
from service.wire.limits import Limits

#: ``uri-host [":" port]`` (RFC 9110, section 7.2).
_HOST = re.compile(rb"(?:\[([0-9A-Fa-f:.]+)\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?")
#: ``absolute-form`` (RFC 9112, section 3.2.2) of an HTTP URL.
_ABSOLUTE = re.compile(rb"(?i:https?)://([^/?#]*)([/?][^#]*)?")
_CODING = TOKEN + rb"(?:[ \t]*;[ \t]*" + PARAMETER + rb")*"
#: Transfer codings (RFC 9112, section 7), and those that end in chunked.
_CODINGS = re.compile(_CODING + rb"(?:[ \t]*,[ \t]*" + _CODING + rb")*")
_FINALLY_CHUNKED = re.compile(rb"(?:(.*[^ \t])[ \t]*,[ \t]*)?chunked", re.IGNORECASE)
_SLASH = ord("/")
#: No length within any limit has more digits.
_MANY_DIGITS = 15


class Framed(NamedTuple):
    """A request: who asks for what, and how long its body is; ``length`` is None if that is chunked.

    ``target`` is in origin form, or ``*``. ``lines`` are those of its header fields.
    """

    method: bytes
    target: bytes
    host: bytes
    minor_version: int
    keep_alive: bool
    lines: bytes
    length: int | None = 0
    expects_continue: bool = False


def frame(head: Head, limits: Limits) -> Framed:
    """Read the framing of a request from its head.

    :raise ProtocolError: if it is missing, ambiguous or not supported.
    """
    hosts = head.framing.get(b"host", [])
    if len(hosts) > 1 or not all(map(_is_host, hosts)) or (head.minor_version == 1 and not hosts):
        raise ProtocolError("invalid_host")
    host, target = _target_of(head, hosts[0] if hosts else b"")
    if hosts and (not host or host.startswith(b":")):
        raise ProtocolError("invalid_host")  # an HTTP URL has a host (RFC 9110, section 4.2.1)
    framed = Framed(head.method, target, host, head.minor_version, head.keep_alive, head.lines)
    if len(head.framing) == len(hosts):
        return framed
    expectations = head.framing.get(b"expect", []) if head.minor_version == 1 else []
    if any(expectation.lower() != b"100-continue" for expectation in expectations):
        raise ProtocolError("expectation_failed")
    length = _length_of(head)
    if length is not None and length > limits.body:
        raise ProtocolError("content_too_large")
    return framed._replace(length=length, expects_continue=bool(expectations))


def _is_host(value: bytes) -> bool:
    matched = _HOST.fullmatch(value)
    if matched is None or matched[1] is None:
        return matched is not None
    try:
        IPv6Address(matched[1].decode())
    except AddressValueError:
        return False
    return True


def _target_of(head: Head, host: bytes) -> tuple[bytes, bytes]:
    target = head.target
    if (target[0] == _SLASH and b"#" not in target) or (target == b"*" and head.method == b"OPTIONS"):
        return host, target
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None or not absolute[1].partition(b":")[0] or not _is_host(absolute[1]):
        raise ProtocolError("malformed_request_line")
    path = absolute[2] or b"/"
    return absolute[1], path if path.startswith(b"/") else b"/" + path


def _length_of(head: Head) -> int | None:
    """Return the length of a body (RFC 9112, section 6.3); ambiguous framing is refused."""
    lengths, codings = head.framing.get(b"content-length", []), head.framing.get(b"transfer-encoding", [])
    if codings:
        if lengths or head.minor_version == 0:
            raise ProtocolError("invalid_length")
        _check_codings(b",".join(codings))
        return None
    if not lengths:
        return 0
    if len(lengths) > 1 or not lengths[0].isdigit():
        raise ProtocolError("invalid_length")
    digits = lengths[0].lstrip(b"0") or b"0"
    if len(digits) > _MANY_DIGITS:
        raise ProtocolError("content_too_large")
    return int(digits)


def _check_codings(codings: bytes) -> None:
    """Check that the only transfer coding is chunked; if that is not the last, the length cannot be known."""
    chunked = _FINALLY_CHUNKED.fullmatch(codings)
    if chunked is None or not _CODINGS.fullmatch(codings):
        raise ProtocolError("invalid_length")
    if chunked[1] is not None:
        raise ProtocolError("invalid_length" if _FINALLY_CHUNKED.fullmatch(chunked[1]) else "not_implemented")
