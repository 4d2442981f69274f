"""Parsing of ``sqlite:`` URLs."""

import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit


def path_of(url: str) -> Path:
    """Parse the file path in a URL such as ``sqlite:/var/lib/users.db`` or ``sqlite:users.db``.

    :raise ValueError: if the path is missing or invalid; its text says what is expected.
    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc or parts.query or parts.fragment or not path.strip("/") or path.startswith(":") or "\0" in path:
        raise ValueError("a file path after 'sqlite:', such as sqlite:/var/lib/ajax-contacts/users.db")
    return Path(re.sub("^/+", "/", path)).absolute()  # SQLAlchemy's URLs have four slashes


def file_uri(path: Path, mode: str) -> str:
    """Return a file's URI for SQLite; ``mode`` is ``rw``, or ``rwc`` to create a missing file."""
    return f"file:{quote(str(path))}?mode={mode}"
