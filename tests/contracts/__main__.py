"""What each backend promises, as found out by the contract suites: ``python -m tests.contracts`` prints the tables."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
#: Title of a table -> its columns, as a test's name ends, and the suites whose tests are its rows.
TABLES = {
    "user database": ({"fake": "fake", "sqlite": "SQLite", "postgresql": "PostgreSQL"}, ["test_user_database.py"]),
    "IM service": ({"fake": "fake", "ejabberd": "ejabberd"}, ["test_im_service.py"]),
}
OUTAGES = "test_outages.py"


def promises_of(suite: str) -> dict[str, str]:
    """List the tests of a suite: name, and the promise that its docstring makes."""
    functions = ast.parse((HERE / suite).read_text()).body
    return {
        node.name: ast.get_docstring(node) or ""
        for node in functions
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


class Outcomes:
    """Which tests have passed, and which have not: the plugin of a run."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test ends; what is wrong before or after it counts, too."""
        if report.when == "call" or report.outcome != "passed":
            self.of[report.nodeid] = report.outcome

    def cell(self, suite: str, test: str, fixture: str) -> str:
        """Say how a test went with the fixture of an implementation, in all its cases; nothing if there is none."""
        ends = [
            outcome
            for nodeid, outcome in self.of.items()
            if f"{suite}::{test}[" in nodeid and fixture in nodeid.partition("[")[2]
        ]
        return "" if not ends else "yes" if set(ends) == {"passed"} else "**no**"


def tables(cell: Callable[[str, str, str], str]) -> Iterator[str]:
    """Write the tables as Markdown; ``cell`` says what stands in it, for a suite, a test and a fixture."""
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
