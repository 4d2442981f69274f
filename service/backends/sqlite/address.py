"""Which file a ``sqlite:`` URL means."""

import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit


def path_of(url: str) -> Path:
    """Read the path out of ``sqlite:/var/lib/users.db``, or ``sqlite:users.db``.

    :raise ValueError: if it is none; its text says what is expected.
    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc or parts.query or parts.fragment or not path.strip("/") or path.startswith(":") or "\0" in path:
        raise ValueError("the path of a file after 'sqlite:', such as sqlite:/var/lib/ajax-contacts/users.db")
    return Path(re.sub("^/+", "/", path)).absolute()  # SQLAlchemy has four slashes


def file_uri(path: Path, mode: str) -> str:
    """Name a file as SQLite's ``uri=True`` has it; ``mode`` is ``rw``, or ``rwc`` to make one where there is none."""
    return f"file:{quote(str(path))}?mode={mode}"
