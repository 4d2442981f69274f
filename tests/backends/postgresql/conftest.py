"""asyncpg needs asyncio's event loop, so these tests are skipped on other reactors."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignore the tests unless the reactor is asyncio's."""
    return True if config.getoption("reactor") != "asyncio" and collection_path.suffix == ".py" else None
