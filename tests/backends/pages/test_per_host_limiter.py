"""The concurrency limit, total and per host."""

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from service.backends.pages.per_host_limiter import PerHostLimiter
from service.errors import Overloaded
from tests.results import failure_of, result_of


def test_there_are_so_many_places() -> None:
    """When all places are taken the next operation is refused, until a place is freed."""
    limiter = PerHostLimiter(3, 2)
    under_way: list[Deferred[None]] = [Deferred() for _ in range(3)]
    for host, work in zip(["a", "b", "c"], under_way, strict=True):
        limiter.hold(host, lambda work=work: work)  # type: ignore[misc]  # a lambda has no types
    with pytest.raises(Overloaded, match=r"^too many pages are being fetched; try again$"):
        limiter.hold("d", Deferred)
    under_way[0].callback(None)
    assert result_of(limiter.hold("d", lambda: succeed("done"))) == "done"


def test_each_host_has_so_many() -> None:
    """One host cannot take all places."""
    limiter = PerHostLimiter(9, 2)
    for _ in range(2):
        limiter.hold("a", Deferred)
    with pytest.raises(Overloaded, match="from that host"):
        limiter.hold("a", Deferred)
    limiter.hold("b", Deferred)


def raise_it() -> Deferred[None]:
    raise LookupError


@pytest.mark.parametrize("work", [lambda: fail(LookupError()), raise_it])
def test_what_fails_leaves_its_place(work: object) -> None:
    """An operation that fails or raises frees its place."""
    limiter = PerHostLimiter(1, 1)
    for host in "abc":
        failure_of(limiter.hold(host, work), LookupError)  # type: ignore[arg-type]  # one of them is a lambda
    assert limiter == PerHostLimiter(1, 1)
