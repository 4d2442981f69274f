"""Representations with a strong ETag, which browsers revalidate instead of fetching them again."""

import hashlib
from collections.abc import Mapping
from typing import Any, Self

from attrs import frozen
from twisted.web.http import CACHED
from twisted.web.iweb import IRequest

from service.web.replies import JSON, encode_json


@frozen
class Tagged:
    """A representation; ``etag`` changes with its ``body``."""

    content_type: bytes
    body: bytes
    etag: bytes

    @classmethod
    def of(cls, body: bytes, content_type: bytes) -> Self:
        """Tag a body with a digest of it."""
        return cls(content_type, body, b'"%b"' % hashlib.sha256(body).hexdigest()[:32].encode())

    @classmethod
    def of_json(cls, document: Mapping[str, Any]) -> Self:
        """Encode a document as JSON, and tag it."""
        return cls.of(encode_json(document), JSON)


def as_tagged(tagged: Tagged, request: IRequest) -> bytes:
    """Return a representation, or 304 if the browser has it; the browser has to revalidate it each time."""
    request.setHeader(b"Cache-Control", b"no-cache")
    if request.setETag(tagged.etag) is CACHED:
        return b""
    request.setHeader(b"Content-Type", tagged.content_type)
    request.setHeader(b"Content-Length", b"%d" % len(tagged.body))
    return tagged.body
