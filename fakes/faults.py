"""Fault injection by name, like the test card numbers of payment services: ``dustin~slow=2.5~down``."""

import math
from collections.abc import Callable
from difflib import get_close_matches
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


#: What each kind of fault takes after the equals sign.
_SECONDS, _SHARE, _NOTHING = "seconds, from 0 to 3600", "a share, from 0 to 1", "no number"
#: Word after the tilde -> its member of Faults, the parser for the value after the equals sign, and what that takes.
_FAULTS: dict[str, tuple[str, Callable[[str], float | bool], str]] = {
    "slow": ("slow", _seconds, _SECONDS),
    "flaky": ("flaky", _share, _SHARE),
    "hang": ("hang", _nothing, _NOTHING),
    "down": ("down", _nothing, _NOTHING),
    "raise": ("bug", _nothing, _NOTHING),
    "malformed": ("malformed", _nothing, _NOTHING),
    "unserialisable": ("unserialisable", _nothing, _NOTHING),
}


def parse_faults(text: str) -> Faults:
    """Parse faults as written after a name, ``slow=2.5~down``; the last value of a fault counts.

    :raise ValueError: if a fault is unknown or has an invalid value; its text says what was meant.
    """
    faults: dict[str, Any] = {}
    for word in text.split("~"):
        fault, equals, value = word.partition("=")
        if fault not in _FAULTS:
            near = get_close_matches(fault, _FAULTS, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(_FAULTS)}"
            raise ValueError(f"no such fault: {fault} ({meant})")
        member, read, expected = _FAULTS[fault]
        try:
            faults[member] = read(value)
        except ValueError as error:
            raise ValueError(f"no such fault: {word} ({fault} takes {expected})") from error
        if equals and not value:
            raise ValueError(f"no such fault: {word} ({fault} takes {expected})")
    return Faults(**faults)


def split_name(asked: str) -> tuple[str, Faults]:
    """Split a name from its faults.

    :raise ValueError: if a fault is unknown or has an invalid value; its text says what was meant.
    """
    plain, tilde, text = asked.partition("~")
    return plain, parse_faults(text) if tilde else FAULTLESS


def add_faults(faults: Faults, more: Faults) -> Faults:
    """Combine two sets of faults, with the longer wait and the larger share."""
    if more is FAULTLESS:
        return faults
    return Faults(**{name: max(value, getattr(more, name)) for name, value in asdict(faults).items()})
