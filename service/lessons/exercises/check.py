"""The check of one exercise, in a process of its own: ``python -m service.lessons.exercises.check FILE``.

Prints ``{"holds", "says", "picture"}`` as JSON.
"""

import gc
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import asdict, frozen
from twisted.internet.defer import Deferred

from service import xray
from service.lessons.capture import capture_log
from service.lessons.exercises import chain_checks, timing_checks
from service.lessons.exercises.bench import Bench, NotYet, name_of
from service.lessons.exercises.listing import EXERCISES

#: Name of the file, without ``.py`` -> what checks it.
CHECKS: Mapping[str, Callable[[Any, Bench], str]] = dict(
    zip(
        EXERCISES,
        (
            chain_checks.return_the_failure,
            chain_checks.return_the_deferred,
            chain_checks.terminal_errback,
            chain_checks.recover_from_one_error,
            chain_checks.canceller,
            timing_checks.timeout,
            timing_checks.join,
            timing_checks.loop_that_stops,
            timing_checks.blocking_call,
            timing_checks.async_def,
        ),
        strict=True,
    )
)


@frozen
class Verdict:
    """Whether an exercise holds, what it does or did instead, and its Deferred as text, empty without one."""

    holds: bool
    says: str
    picture: str = ""


def check(path: Path) -> Verdict:
    """Run the check of a file, under X-ray."""
    with capture_log(), xray.watching(), redirect_stdout(sys.stderr):
        try:
            return Verdict(holds=True, says=CHECKS[path.stem](load(path), Bench()))
        except NotYet as so_far:
            return Verdict(holds=False, says=so_far.says, picture=drawn(so_far.deferred))
        except (Exception, SystemExit) as error:  # noqa: BLE001  whatever an exercise does
            return Verdict(holds=False, says=f"It raised {name_of(error)}{place_of(error, path)}.")
        finally:
            gc.collect()  # what nothing has handled is reported now, and is not news


def drawn(d: Any) -> str:
    """Return the picture of a Deferred as text."""
    return xray.as_text(xray.of(d)) if isinstance(d, Deferred) else ""


def load(path: Path) -> ModuleType:
    """Import a file."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def place_of(error: BaseException, path: Path) -> str:
    """Return the line of the file at which an error was raised; an empty text if it was raised elsewhere."""
    traceback, lines = error.__traceback__, []
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(path):
            lines.append(traceback.tb_lineno)
        traceback = traceback.tb_next
    return f" in line {lines[-1]}" if lines else ""


if __name__ == "__main__":
    print(json.dumps(asdict(check(Path(sys.argv[1])))))
