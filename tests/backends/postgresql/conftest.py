"""asyncpg needs asyncio's loop: on another reactor there is nothing here to test."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests out where they cannot be."""
    return True if config.getoption("reactor") != "asyncio" and collection_path.suffix == ".py" else None
