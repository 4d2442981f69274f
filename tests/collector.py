"""The garbage collector, which is another one in PyPy."""

import gc
import platform

import pytest

#: For tests of what needs no collector at all.
counts_references = pytest.mark.skipif(
    platform.python_implementation() == "PyPy", reason="PyPy does not count references"
)


def collect() -> None:
    """Free all garbage: weak references to it are then dead in any Python."""
    for _ in range(3):
        gc.collect()
