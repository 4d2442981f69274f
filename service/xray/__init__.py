"""Watches the Deferreds of any Twisted program, without a change to it: which way each result has taken.

In a program, or at its prompt::

    from service import xray

    with xray.watching():
        d = some_work()
        print(xray.as_text(xray.of(d)))

What is watched are the Deferreds made meanwhile. Nothing else changes: results, exceptions, tracebacks and garbage
collection are as before, and what is not installed costs nothing.
"""

from service.xray.grid import Grid, Origin, Step, to_dict
from service.xray.recent import RecentTraces
from service.xray.text import as_text
from service.xray.warnings import Warned, warnings
from service.xray.watch import install, installed, of, uninstall, waiting, watching

__all__ = [
    "Grid",
    "Origin",
    "RecentTraces",
    "Step",
    "Warned",
    "as_text",
    "install",
    "installed",
    "of",
    "to_dict",
    "uninstall",
    "waiting",
    "warnings",
    "watching",
]
