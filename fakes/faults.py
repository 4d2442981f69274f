"""Fault injection by name, like the test card numbers of payment services: ``dustin~slow=2.5~down``."""

import math
from collections.abc import Callable
from typing import Any

from attrs import asdict, frozen


@frozen(kw_only=True)
class Faults:
    """The faults of a call.

    ``slow`` is in seconds; ``flaky`` is the share of calls, 0 to 1, that fail as ``down`` does; ``hang`` never
    fires; ``bug`` (written ``~raise``) raises from the method itself; ``malformed`` fires with garbage, and
    ``unserialisable`` with an object that has the right members but cannot be encoded as JSON.
    """

    slow: float = 0.0
    flaky: float = 0.0
    hang: bool = False
    down: bool = False
    bug: bool = False
    malformed: bool = False
    unserialisable: bool = False


#: No faults.
FAULTLESS = Faults()


def _number(text: str, most: float) -> float:
    number = float(text)
    if not (math.isfinite(number) and 0 <= number <= most):
        raise ValueError
    return number


def _seconds(text: str) -> float:
    return _number(text or "1", 3600)


def _share(text: str) -> float:
    return _number(text or "0.5", 1)


def _nothing(text: str) -> bool:
    if text:
        raise ValueError
    return True


#: Word after the tilde -> its member of Faults, and the parser for the value after the equals sign.
_FAULTS: dict[str, tuple[str, Callable[[str], float | bool]]] = {
    "slow": ("slow", _seconds),
    "flaky": ("flaky", _share),
    "hang": ("hang", _nothing),
    "down": ("down", _nothing),
    "raise": ("bug", _nothing),
    "malformed": ("malformed", _nothing),
    "unserialisable": ("unserialisable", _nothing),
}


def parse_faults(text: str) -> Faults:
    """Parse faults as written after a name, ``slow=2.5~down``; the last value of a fault counts.

    :raise ValueError: if a fault is unknown or has an invalid value.
    """
    faults: dict[str, Any] = {}
    for word in text.split("~"):
        fault, equals, value = word.partition("=")
        if fault not in _FAULTS or (equals and not value):
            raise ValueError(f"faults are {', '.join(_FAULTS)}; only slow and flaky take a number")
        member, read = _FAULTS[fault]
        faults[member] = read(value)
    return Faults(**faults)


def split_name(asked: str) -> tuple[str, Faults]:
    """Split a name from its faults; if a fault is invalid, the whole text is the name, tilde included."""
    plain, tilde, text = asked.partition("~")
    try:
        return plain, parse_faults(text) if tilde else FAULTLESS
    except ValueError:
        return asked, FAULTLESS


def add_faults(faults: Faults, more: Faults) -> Faults:
    """Combine two sets of faults, with the longer wait and the larger share."""
    if more is FAULTLESS:
        return faults
    return Faults(**{name: max(value, getattr(more, name)) for name, value in asdict(faults).items()})
