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
#: Where the files are: the picture is X-ray's.
PACKAGES = ("service.xray", "service.web.console")


@cache
def load_assets() -> Mapping[str, Tagged]:
    """Read all assets, by name, X-ray's drawing modules among them; ignore stray files, such as editor backups."""
    folders = [files(package).joinpath("static") for package in PACKAGES]
    found = [file for folder in folders for file in folder.iterdir() if Path(file.name).suffix in CONTENT_TYPES]
    bodies = {file.name: file.read_bytes() for file in found if not file.name.startswith("xray.")}
    return {name: Tagged.of(body, CONTENT_TYPES[Path(name).suffix]) for name, body in bodies.items()}
