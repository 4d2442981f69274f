"""The folder that ``/wait-for-file`` watches."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from service.errors import BadSetting


@contextmanager
def folder_to_watch(asked: Path | None) -> Iterator[Path]:
    """Yield the given folder, or a temporary one that is removed afterwards if it is empty.

    :raise BadSetting: if a temporary folder cannot be created.
    """
    if asked is not None:
        yield asked
        return
    try:
        fresh = Path(mkdtemp(prefix="ajax-contacts-"))
    except OSError as error:
        raise BadSetting("--watch", "", "a folder, because a temporary one cannot be created") from error
    try:
        yield fresh
    finally:
        with suppress(OSError):
            fresh.rmdir()
