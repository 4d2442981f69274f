"""The tree of errors, and its drawing."""

import inspect
import re

import pytest

from service import errors
from service.errors import BadSetting, InvalidParameter, ServiceError


def classes(error: type[ServiceError] = ServiceError, depth: int = 0) -> list[tuple[int, type[ServiceError]]]:
    """List the tree from its root down, with the depth of each class."""
    below = [entry for child in error.__subclasses__() for entry in classes(child, depth + 1)]
    return [(depth, error), *below]


def test_the_drawing() -> None:
    """The drawing in the docstring has each class in its place, with its status and code."""
    drawn = re.findall(r"^    ([│├└─ ]*)(\w+) +(\d+)(?:  (\w+))?", inspect.getdoc(errors) or "", re.MULTILINE)
    assert {(len(indent) // 4, name, int(status), code) for indent, name, status, code in drawn} == {
        (depth, error.__name__, getattr(error, "status", 500), error.__dict__.get("code", ""))
        for depth, error in classes()
    }


def test_every_code_means_one_thing() -> None:
    """No two errors share a code."""
    codes = [error.code for _, error in classes() if "code" in error.__dict__]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("error", [error for _, error in classes() if "code" in error.__dict__])
def test_every_error_has_a_title(error: type[ServiceError]) -> None:
    """Every error with a code has a title for people."""
    assert re.fullmatch(r"[A-Z][\w' ]+", error.title)


def test_the_text_is_ours() -> None:
    """The text of an error is the message for the client."""
    error = InvalidParameter("username", "is blank")
    assert str(error) == error.error == "username is blank"


def test_a_setting_in_one_line() -> None:
    """The message for a bad setting names the flag, the value and what is expected."""
    assert str(BadSetting("--grace", "soon", "seconds")) == "--grace 'soon': expected seconds"
