"""Faults chosen by name, as payment services do with test card numbers: ``dustin~slow=2.5~down``."""

import math
from collections.abc import Callable
from typing import Any

from attrs import asdict, frozen


@frozen(kw_only=True)
class Faults:
    """How an answer goes wrong.

    ``slow`` is in seconds; ``flaky`` is the share of calls, 0 to 1, that fail as ``down`` does; ``hang`` never
    fires; ``bug`` (written ``~raise``) raises from the method itself; ``malformed`` fires with nonsense, and
    ``unserialisable`` with what has the right members, but not of a type that JSON knows.
    """

    slow: float = 0.0
    flaky: float = 0.0
    hang: bool = False
    down: bool = False
    bug: bool = False
    malformed: bool = False
    unserialisable: bool = False


#: No fault at all.
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


#: The word after the tilde -> the fault it stands for, and what may follow an equals sign.
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
    """Read faults as they stand behind a name, ``slow=2.5~down``; the last word on a fault counts.

    :raise ValueError: if there is no such fault, or if it cannot have that value.
    """
    faults: dict[str, Any] = {}
    for word in text.split("~"):
        fault, equals, value = word.partition("=")
        if fault not in _FAULTS or (equals and not value):
            raise ValueError(f"a fault is one of {', '.join(_FAULTS)}, with a number for slow and flaky alone")
        member, read = _FAULTS[fault]
        faults[member] = read(value)
    return Faults(**faults)


def split_name(asked: str) -> tuple[str, Faults]:
    """Part a plain name from its faults; a name with an unknown fault is a name like any other, tilde included."""
    plain, tilde, text = asked.partition("~")
    try:
        return plain, parse_faults(text) if tilde else FAULTLESS
    except ValueError:
        return asked, FAULTLESS


def add_faults(faults: Faults, more: Faults) -> Faults:
    """Let what goes wrong by either go wrong: the longer wait, the larger share."""
    if more is FAULTLESS:
        return faults
    return Faults(**{name: max(value, getattr(more, name)) for name, value in asdict(faults).items()})
