"""Tables of the contract tests: ``python -m tests.contracts`` runs the suites and prints them."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
#: Title of a table -> its columns, by the prefix of a fixture, and the suites whose tests are its rows.
TABLES = {
    "user database": ({"fake": "fake", "sqlite": "SQLite", "postgresql": "PostgreSQL"}, ["test_user_database.py"]),
    "IM service": ({"fake": "fake", "ejabberd": "ejabberd"}, ["test_im_service.py"]),
}
OUTAGES = "test_outages.py"


def promises_of(suite: str) -> dict[str, str]:
    """Return the tests of a suite: name -> the promise in its docstring."""
    functions = ast.parse((HERE / suite).read_text()).body
    return {
        node.name: ast.get_docstring(node) or ""
        for node in functions
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


class Outcomes:
    """A pytest plugin that records the outcome of each test."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the outcome of a test, including failures in its setup or teardown."""
        if report.when == "call" or report.outcome != "passed":
            self.of[report.nodeid] = report.outcome

    def cell(self, suite: str, test: str, fixture: str) -> str:
        """Return the cell for a test with a fixture, over all parameters; empty if it did not run."""
        ends = [
            outcome
            for nodeid, outcome in self.of.items()
            if f"{suite}::{test}[" in nodeid and fixture in nodeid.partition("[")[2]
        ]
        return "" if not ends else "yes" if set(ends) == {"passed"} else "**no**"


def tables(cell: Callable[[str, str, str], str]) -> Iterator[str]:
    """Yield the lines of the Markdown tables; ``cell`` returns the text for a suite, a test and a fixture."""
    for title, (columns, suites) in TABLES.items():
        yield f"| {title} | {' | '.join(columns.values())} |"
        yield f"|---|{'---|' * len(columns)}"
        for suite in [*suites, OUTAGES]:
            subject = "user_database" if title == "user database" else "im_service"
            for test, promise in promises_of(suite).items():
                cells = [cell(suite, test, f"{name}_{subject}") for name in columns]
                yield f"| {promise} | {' | '.join(cells)} |"
        yield ""


if __name__ == "__main__":
    outcomes = Outcomes()
    code = pytest.main([str(HERE), "--quiet", "--no-header"], plugins=[outcomes])
    sys.stdout.write("\n".join(tables(outcomes.cell)))
    sys.exit(code)
