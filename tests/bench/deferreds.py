"""What X-ray adds to Deferreds, in instructions under callgrind: ``python -m tests.bench.deferreds``."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

#: Units of work: the difference between two runs is that of the units alone.
FEW, MANY = 5, 15
_TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)
_PROGRAM = """
import sys
if sys.argv[1] == "on":
    from service import xray
    xray.install()
from twisted.internet.defer import Deferred, ensureDeferred, gatherResults

def fired():
    d = Deferred()
    d.addCallback(abs)
    d.addCallback(str)
    d.callback(1)

def crawled():
    gates = [Deferred() for _ in range(100)]
    async def fetch(gate):
        await gate
    d = gatherResults([ensureDeferred(fetch(gate)).addCallback(str) for gate in gates])
    for gate in gates:
        gate.callback(None)

unit = {"fired": fired, "crawled": crawled}[sys.argv[2]]
for _ in range(int(sys.argv[3])):
    unit()
"""
#: What is measured: a Deferred made, given two callbacks and fired; and a page of a crawl, with 300 Deferreds.
UNITS = {"fired": "a Deferred, two callbacks", "crawled": "a page of a crawl, 300 Deferreds"}


def instructions(how: str, unit: str, times: int) -> int:
    """Count the instructions of a program that does a unit of work so many times."""
    valgrind = shutil.which("valgrind") or sys.exit("this needs valgrind: apt-get install valgrind")
    with TemporaryDirectory() as folder:
        out = Path(folder) / "counted"
        callgrind = [valgrind, "--tool=callgrind", f"--callgrind-out-file={out}"]
        subprocess.run(
            [*callgrind, sys.executable, "-c", _PROGRAM, how, unit, str(times)],
            env=os.environ | {"PYTHONHASHSEED": "0"},
            stderr=subprocess.DEVNULL,
            check=True,
        )
        total = _TOTAL.search(out.read_text(errors="replace"))
        assert total is not None
        return int(total[1])


def main() -> None:
    """Print a table."""
    print("| instructions | without X-ray | with it | it adds |\n|---|---|---|---|")
    for unit, about in UNITS.items():
        scale = 100 if unit == "fired" else 1
        few, many = FEW * scale, MANY * scale
        counts = [[instructions(how, unit, times) for times in (few, many)] for how in ("off", "on")]
        off, on = (round((more - less) / (many - few)) for less, more in counts)
        print(f"| {about} | {off:,} | {on:,} | {on - off:,} |", flush=True)


if __name__ == "__main__":
    main()
