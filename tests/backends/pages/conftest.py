"""Fixtures for the tests of pages."""

from typing import Any

import pytest

from tests.backends.pages.web import Web


@pytest.fixture
def web(running_reactor: Any) -> Web:
    return Web(running_reactor)
