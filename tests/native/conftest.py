"""Both loops."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.native.loops import Native


@pytest.fixture(params=["asyncio", "uvloop"])
def native(request: Any, running_reactor: Any) -> Iterator["Native"]:
    """A reactor on a loop of each kind."""
    from service.native.reactor import NativeReactor
    from tests.native.loops import LOOPS, Native

    loop = LOOPS[request.param]()
    made = Native(loop, NativeReactor(loop))
    yield made
    made.close()
