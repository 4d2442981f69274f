"""What asyncio's tasks wait for, where the reactor runs on asyncio."""

import asyncio
from collections.abc import Iterator

from .grid import Origin
from .places import places_of


def waiting_tasks() -> Iterator[tuple[Origin, ...]]:
    """Yield where each task waits, the outermost coroutine first; none without a running event loop in this thread."""
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:
        return
    for task in tasks:
        places = tuple(places_of(task.get_coro()))
        if places:
            yield places
