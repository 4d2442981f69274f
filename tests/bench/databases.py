"""The databases to measure, each with the same users as the fakes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from service.backends.registry import administration_of
from tests.contracts.rigs import USERS
from tests.servers.postgresql import of_the_system, of_the_wheel, start_postgresql

USER_INFO = "/user-info?username=dustin"


@contextmanager
def all_databases() -> Iterator[dict[str, str]]:
    """Yield the URL of each database, by name."""
    server = start_postgresql(of_the_system() or of_the_wheel())
    with TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:{Path(folder) / 'users.db'}", "PostgreSQL": server.url}
        try:
            for url in urls.values():
                administration_of(url).migrate(url)
                administration_of(url).import_users(url, USERS)
            yield {"fake": "fake:", **urls}
        finally:
            server.remove()
