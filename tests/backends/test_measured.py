"""Measured backends: they provide what the backends do, with numbers."""

from typing import Any

import pytest
from twisted.internet.task import Clock
from zope.interface.verify import verifyObject

from fakes.database import FakeUserDatabase
from fakes.im import FakeIMService
from fakes.pages import FakePageFetcher
from service.backends.measured import MeasuredIMService, MeasuredPageFetcher, MeasuredUserDatabase
from service.interfaces import IIMService, IPageFetcher, ISuggesting, IUserDatabase
from service.metrics import Metrics
from tests.results import result_of

KINDS = [
    (MeasuredUserDatabase, FakeUserDatabase, IUserDatabase),
    (MeasuredIMService, FakeIMService, IIMService),
    (MeasuredPageFetcher, FakePageFetcher, IPageFetcher),
]


@pytest.mark.parametrize(("measured", "fake", "interface"), KINDS)
def test_interfaces(measured: Any, fake: Any, interface: Any, clock: Clock) -> None:
    """A measured backend provides the interface of its kind, and what the backend provides besides."""
    backend = fake.from_url("fake:", clock)
    made = measured(backend, "name", Metrics(), clock)
    assert verifyObject(interface, made)
    assert ISuggesting(made) is backend
    other = next(one for _, _, one in KINDS if one is not interface)
    assert other(made, None) is None
    assert result_of(made.close()) is None
