"""How often each client has asked for each name, for the fault ``~fail``."""

from collections import OrderedDict

from attrs import define, field

from fakes.faults import Faults
from service.tracing import Caller

#: Maximum number of names and clients that are remembered; those that were not asked for longest are forgotten.
MAX_KEPT = 1000


@define
class Calls:
    """The numbers of calls, by name with its faults, and address of the client."""

    _counts: OrderedDict[tuple[str, str], int] = field(factory=OrderedDict, init=False)

    def faults_now(self, faults: Faults, asked: str, client: str) -> Faults:
        """Count a call if ``~fail`` is among its faults, and return those that it has."""
        if not faults.fail:
            return faults
        number = self._counts.pop((asked, client), 0) + 1
        self._counts[asked, client] = number
        if len(self._counts) > MAX_KEPT:
            self._counts.popitem(last=False)
        return faults.at_call(number)

    def forget(self) -> None:
        """Begin again to count from 1."""
        self._counts.clear()


def address_of(caller: Caller | None) -> str:
    """Return the address of a caller; empty for a call that is not made for a request."""
    return "" if caller is None else caller.address
