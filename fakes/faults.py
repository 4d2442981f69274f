"""Fault injection by name, like the test card numbers of payment services: ``dustin~slow=2.5~down``."""

import math
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from attrs import asdict, evolve, frozen


@frozen(kw_only=True)
class Faults:
    """The faults of a call.

    ``slow`` is in seconds; ``flaky`` is the share of calls, 0 to 1, that fail as ``down`` does; ``hang`` never
    fires; ``bug`` (written ``~raise``) raises from the method itself; ``malformed`` fires with garbage, and
    ``unserialisable`` with an object that has the right members but cannot be encoded as JSON. ``limited`` is the
    number of seconds that callers are told to wait.

    Those of the connection are ``html``, ``reset``, ``truncated``, and ``drip``, in bytes a second. ``fail`` is the
    number of calls, from the first, that have the other faults.
    """

    slow: float = 0.0
    flaky: float = 0.0
    hang: bool = False
    down: bool = False
    bug: bool = False
    malformed: bool = False
    unserialisable: bool = False
    overloaded: bool = False
    limited: int = 0
    unauthorised: bool = False
    html: bool = False
    reset: bool = False
    truncated: bool = False
    drip: int = 0
    fail: int = 0

    @property
    def of_connection(self) -> bool:
        """Whether any of them is one of the connection."""
        return self.html or self.reset or self.truncated or self.drip > 0

    def at_call(self, number: int) -> "Faults":
        """Return the faults of the call with this number, from 1: ``fail`` alone fails as ``down`` does."""
        if not self.fail:
            return self
        if number > self.fail:
            return Faults(slow=self.slow)
        return evolve(self, down=True) if evolve(self, fail=0, slow=0.0) == FAULTLESS else self


#: No faults.
FAULTLESS = Faults()


def _number(text: str, most: float) -> float:
    number = float(text)
    if not (math.isfinite(number) and 0 <= number <= most):
        raise ValueError
    return number


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise ValueError
    return int(text)


def _seconds(text: str) -> float:
    return _number(text or "1", 3600)


def _share(text: str) -> float:
    return _number(text or "0.5", 1)


def _whole_seconds(text: str) -> int:
    return _whole(text or "1", 3600)


def _calls(text: str) -> int:
    return _whole(text or "1", 1000)


def _bytes(text: str) -> int:
    return _whole(text or "100", 1_000_000)


def _nothing(text: str) -> bool:
    if text:
        raise ValueError
    return True


_NOTHING = "no number"
#: Word after the tilde -> its member of Faults, the parser for the value after the equals sign, and what that takes.
_FAULTS: dict[str, tuple[str, Callable[[str], float | bool], str]] = {
    "slow": ("slow", _seconds, "seconds, from 0 to 3600"),
    "flaky": ("flaky", _share, "a share, from 0 to 1"),
    "hang": ("hang", _nothing, _NOTHING),
    "down": ("down", _nothing, _NOTHING),
    "raise": ("bug", _nothing, _NOTHING),
    "malformed": ("malformed", _nothing, _NOTHING),
    "unserialisable": ("unserialisable", _nothing, _NOTHING),
    "overloaded": ("overloaded", _nothing, _NOTHING),
    "limited": ("limited", _whole_seconds, "whole seconds, from 1 to 3600"),
    "unauthorised": ("unauthorised", _nothing, _NOTHING),
    "fail": ("fail", _calls, "a number of calls, from 1 to 1000"),
    "html": ("html", _nothing, _NOTHING),
    "reset": ("reset", _nothing, _NOTHING),
    "truncated": ("truncated", _nothing, _NOTHING),
    "drip": ("drip", _bytes, "bytes a second, from 1 to 1000000"),
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


def parse_faults_of_backend(text: str) -> Faults:
    """Parse the faults of a whole backend, which has no connection to its clients.

    :raise ValueError: as ``parse_faults`` does, or if one is a fault of the connection.
    """
    faults = parse_faults(text)
    if faults.of_connection:
        raise ValueError
    return faults


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
