"""A value becomes JSON bytes and headers: here, and nowhere else."""

import json
from http import HTTPStatus
from typing import Any

from twisted.web.iweb import IRequest

JSON = b"application/json"
PROBLEM_JSON = b"application/problem+json"


def as_json(body: dict[str, Any], request: IRequest) -> bytes:
    """Encode the body of a successful answer, and describe it in the headers.

    :raise TypeError: if it cannot be said in JSON; the terminal errback stands behind this step for that.
    """
    return _encode(body, request, 200, JSON)


def as_problem_json(problem: dict[str, Any], request: IRequest) -> bytes:
    """Encode a problem document (RFC 9457), and describe it in the headers, its status included."""
    request.setHeader(b"Cache-Control", b"no-store")
    return _encode(problem, request, problem["status"], PROBLEM_JSON)


def _encode(body: dict[str, Any], request: IRequest, status: int, content_type: bytes) -> bytes:
    encoded = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    request.setResponseCode(status, HTTPStatus(status).phrase.encode())
    request.setHeader(b"Content-Type", content_type)
    request.setHeader(b"Content-Length", b"%d" % len(encoded))
    return encoded
