"""Places in code: the line of an instruction, and where generators and coroutines wait."""

from collections.abc import Iterator
from types import CodeType
from typing import Any

from twisted.internet import defer

from .grid import Origin
from .reprs import path_of


def line_of(code: CodeType, instruction: int) -> int:
    """Return the line of an instruction, which is given by its offset in bytes."""
    lines = (line for start, end, line in code.co_lines() if start <= instruction < end and line is not None)
    return next(lines, code.co_firstlineno)


def places_of(generator: Any) -> Iterator[Origin]:
    """Yield where a generator or coroutine waits, and each that it waits for, as far as they are not Twisted's."""
    while generator is not None:
        frame = getattr(generator, "gi_frame", None) or getattr(generator, "cr_frame", None)
        if frame is None or frame.f_code.co_filename == defer.__file__:
            return
        code = frame.f_code
        yield Origin(file=path_of(code.co_filename), line=frame.f_lineno, function=code.co_qualname)
        generator = getattr(generator, "gi_yieldfrom", None) or getattr(generator, "cr_await", None)
