"""Fixtures of the web layer."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.memory import Web


@pytest.fixture
def web() -> "Web":
    """The application with its default settings, offline."""
    from tests.web.memory import Web

    return Web()
