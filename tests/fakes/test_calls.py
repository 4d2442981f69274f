"""Counted calls, for the fault ``~fail``."""

from attrs import field, frozen

from fakes.calls import MAX_KEPT, Calls, address_of
from fakes.faults import Faults
from service.tracing import TraceContext

FAIL = Faults(fail=1)


@frozen
class Somebody:
    """A caller at an address."""

    address: str
    trace: TraceContext = field(factory=lambda: TraceContext("0" * 32))


def fails(calls: Calls, asked: str, client: str) -> bool:
    return calls.faults_now(FAIL, asked, client).down


def test_by_name_and_client() -> None:
    """Calls are counted for each name and each client by themselves."""
    calls = Calls()
    asked = [("dustin~fail", "10.0.0.1"), ("dustin~fail", "10.0.0.2"), ("karl~fail", "10.0.0.1")]
    assert [fails(calls, *one) for one in asked] == [True] * 3
    assert [fails(calls, *one) for one in asked] == [False] * 3


def test_beginning_again() -> None:
    """Once the calls are forgotten, the first ones fail again."""
    calls = Calls()
    assert [fails(calls, "dustin~fail", "") for _ in range(2)] == [True, False]
    calls.forget()
    assert fails(calls, "dustin~fail", "")


def test_a_call_without_it() -> None:
    """A call without ``fail`` keeps its faults, and is not counted."""
    down = Faults(down=True)
    assert Calls().faults_now(down, "dustin~down", "") is down


def test_many_names() -> None:
    """No more than so many names are remembered: the one that was not asked for longest is forgotten."""
    calls = Calls()
    for number in range(MAX_KEPT):
        fails(calls, str(number), "")
    assert not fails(calls, "0", "")
    assert fails(calls, "one more", "")
    assert not fails(calls, "0", "")
    assert fails(calls, "1", "")


def test_who_calls() -> None:
    """A call that is not made for a request has no client."""
    assert (address_of(Somebody("10.0.0.1")), address_of(None)) == ("10.0.0.1", "")
