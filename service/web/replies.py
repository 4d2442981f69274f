"""Responses: JSON bytes, status and headers."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from twisted.web.iweb import IRequest

from service.values import Title
from service.wire.reasons import REASONS

JSON = b"application/json"
PROBLEM_JSON = b"application/problem+json"
EVENT_STREAM = b"text/event-stream"
#: Headers of every response, unless it sets them otherwise. Caches keep nothing that is about people.
DEFAULT_HEADERS = {b"X-Content-Type-Options": b"nosniff", b"Cache-Control": b"no-store"}
_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False)


def kept(encoder: json.JSONEncoder) -> Callable[[Any, int], Iterable[str]]:
    """Return what encodes a document in pieces; CPython's ``encode`` makes an object in C for each document."""
    try:
        make = json.encoder.c_make_encoder  # type: ignore[attr-defined]  # undocumented
        quote = json.encoder.encode_basestring
        chunks = make(None, encoder.default, quote, None, ": ", ", ", False, False, False)
        chunks({}, 0)
    except (AttributeError, TypeError):  # PyPy has none, and nobody promises this one
        return lambda document, _: [encoder.encode(document)]
    return chunks


_encode_json = kept(_json)


def encode_json(document: Mapping[str, Any]) -> bytes:
    """Encode a document as one line of JSON.

    :raise TypeError: if JSON cannot represent it.
    """
    return "".join(_encode_json(document, 0)).encode()


def as_json(body: Mapping[str, Any], request: IRequest) -> bytes:
    """Encode the body of a successful response as JSON, and set its status and headers.

    :raise TypeError: if JSON cannot represent it; this is why the terminal errback comes after this step.
    """
    return _encode(body, request, 200, JSON)


def as_problem_json(problem: Mapping[str, Any], request: IRequest) -> bytes:
    """Encode a problem document (RFC 9457) as JSON, and set its status and headers."""
    request.setHeader(b"Cache-Control", b"no-store")
    return _encode(problem, request, problem["status"], PROBLEM_JSON)


def let_caches_keep(title: Title, request: IRequest, proxies: bool) -> Title:  # noqa: FBT001  an argument of a callback
    """Let the browser, and ``proxies`` too, keep the response for as long as its title is fresh; pass the title on."""
    if title.fresh_for:
        scope = b"public" if proxies else b"private"
        request.setHeader(b"Cache-Control", b"%b, max-age=%d" % (scope, title.fresh_for))
    return title


def as_event_stream(request: IRequest) -> bytes:
    """Set the headers of a stream of server-sent events, which proxies must neither cache nor buffer.

    :return: the empty beginning of the body.
    """
    request.setResponseCode(200)
    request.setHeader(b"Content-Type", EVENT_STREAM)
    request.setHeader(b"Cache-Control", b"no-cache")
    request.setHeader(b"X-Accel-Buffering", b"no")  # no buffering in nginx
    return b""


def as_head(request: IRequest) -> bytes:
    """Set the headers of a response to HEAD, without Content-Length because the JSON body is not made."""
    request.setResponseCode(200)
    request.setHeader(b"Content-Type", JSON)
    return b""


def as_nothing(request: IRequest) -> bytes:
    """Set the status to 204 (No Content), and return an empty body."""
    request.setResponseCode(204)
    return b""


def as_options(request: IRequest, allowed: Iterable[str]) -> bytes:
    """Respond to OPTIONS with the methods that the path allows."""
    request.setHeader(b"Allow", ", ".join(allowed).encode())
    return as_nothing(request)


def _encode(body: Mapping[str, Any], request: IRequest, status: int, content_type: bytes) -> bytes:
    encoded = encode_json(body)
    request.setResponseCode(status, REASONS[status])
    request.setHeader(b"Content-Type", content_type)
    request.setHeader(b"Content-Length", b"%d" % len(encoded))
    return encoded
