"""The static files of the console, as they are served."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from service.web.tagged import Tagged

CONTENT_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}


@cache
def load_assets() -> Mapping[str, Tagged]:
    """Read all assets, by name; ignore stray files, such as editor backups."""
    folder = files("service.web.console").joinpath("static")
    bodies = {file.name: file.read_bytes() for file in folder.iterdir() if Path(file.name).suffix in CONTENT_TYPES}
    return {name: Tagged.of(body, CONTENT_TYPES[Path(name).suffix]) for name, body in bodies.items()}
