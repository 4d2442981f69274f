"""The code of a lesson, as it is shown beside its picture."""

import inspect
from textwrap import dedent

import pytest

from service.lessons import contacts, errbacks, firing, methods, today
from service.lessons.rows import run_row, sources_of
from service.lessons.source import source_of
from service.lessons.sync_async import SYNC_AND_ASYNC


@pytest.mark.parametrize("shown", [contacts.v1, errbacks.greet, firing.add_up, today.v7])
def test_a_function(shown: object) -> None:
    """The code is that of the function, from its first line."""
    source = source_of(shown)  # type: ignore[arg-type]
    text, line = inspect.getsourcelines(shown)  # type: ignore[arg-type]
    assert (source.text, source.line) == ("".join(text).rstrip("\n"), line)
    assert source.file.endswith(f"service/lessons/{shown.__module__.rpartition('.')[2]}.py")


def test_a_class() -> None:
    """The code of a class has its decorator, and where each function in it is."""
    source = source_of(firing.DatabaseThatRaises)
    assert source.text.startswith("@frozen\nclass DatabaseThatRaises:")
    assert list(source.bodies) == ["DatabaseThatRaises.get_user", "DatabaseThatRaises.get_user.<locals>.result_ready"]


def test_bodies() -> None:
    """The lines of a function are those of its body, without its docstring."""
    source = source_of(errbacks.get_contacts_wrong)
    first, _ = source.bodies["get_contacts_wrong"]
    assert source.text.splitlines()[first - source.line].strip().startswith("d: Deferred[Any] = im_service")
    source = source_of(errbacks.ajax_get_contacts_wrong)
    lines = {name: source.text.splitlines()[line - source.line].strip() for name, line in source.added.items()}
    assert lines == {
        "ajax_get_contacts_wrong.<locals>.fetch": "d.addCallback(fetch)",
        "ajax_get_contacts_wrong.<locals>.<lambda>": (
            'd.addCallback(lambda ctctnames: json.dumps({"contacts": ctctnames}))'
        ),
        "ajax_get_contacts_wrong.<locals>.fetch.<locals>.<lambda>": (
            "get_contacts(im_service, username).addErrback(lambda _: None)"
        ),
    }


def test_a_function_from_elsewhere() -> None:
    """A function that is added under its own name is found by that."""
    assert source_of(contacts.v5).added["get_contacts"] > 0


def test_a_lambda() -> None:
    """The code of a lambda is what it returns, also where several are in one line."""
    row = next(row for row in methods.METHODS if row.says == "succeed(result)")
    assert [source.text for source in sources_of(row.plain)] == ['"4"']
    assert [source.text for source in sources_of(row.deferred)] == ['defer.succeed("4")']


def test_helpers() -> None:
    """The code of a row has that of its helpers, also of those in a function inside it."""
    row = next(row for row in methods.METHODS if row.says == "callback(result)")
    names = [source.text.partition("(")[0] for source in sources_of(row.deferred)]
    assert names == ["fired_by", "def fired_by", "def halve"]


def test_a_result_that_is_not_a_deferred() -> None:
    """A row whose functions return something else has an outcome, and no grid."""
    ran = run_row(next(row for row in SYNC_AND_ASYNC if row.says.startswith("a new thread")))
    assert (ran.outcome, ran.grid) == ("['here', 'thread']", None)
    assert dedent(ran.deferred[0].text).startswith("def deferred_new_thread")
