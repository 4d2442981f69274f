"""X-ray is installed for each test here, and for no other."""

from collections.abc import Iterator

import pytest

from service import xray


@pytest.fixture(autouse=True)
def watched() -> Iterator[None]:
    """Watch what the test makes."""
    with xray.watching():
        yield
