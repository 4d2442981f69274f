"""Installation of X-ray for the tests in this package only."""

from collections.abc import Iterator

import pytest

from service import xray


@pytest.fixture(autouse=True)
def watched() -> Iterator[None]:
    """Watch the Deferreds that the test makes."""
    with xray.watching():
        yield
