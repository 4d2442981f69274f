"""The files of the page, as they go over the wire."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from attrs import frozen

CONTENT_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}


@frozen
class Asset:
    """One file; ``etag`` changes with its ``body``."""

    content_type: bytes
    body: bytes
    etag: bytes

    @classmethod
    def of(cls, name: str, body: bytes) -> "Asset":
        """Make one of a file."""
        return cls(CONTENT_TYPES[Path(name).suffix], body, b'"%b"' % hashlib.sha256(body).hexdigest()[:32].encode())


@cache
def load_assets() -> Mapping[str, Asset]:
    """Read all of them, by name; what else an editor may have left there is none of the page."""
    folder = files("service.web.console").joinpath("static")
    return {
        file.name: Asset.of(file.name, file.read_bytes())
        for file in folder.iterdir()
        if Path(file.name).suffix in CONTENT_TYPES
    }
