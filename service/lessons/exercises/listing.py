"""The list of the exercises, and what each is about."""

import ast
from collections.abc import Iterator
from importlib.resources import files

#: The names of their files, without ``.py``.
EXERCISES = (
    "e01_return_the_failure",
    "e02_return_the_deferred",
    "e03_terminal_errback",
    "e04_recover_from_one_error",
    "e05_canceller",
    "e06_timeout",
    "e07_join",
    "e08_loop_that_stops",
    "e09_blocking_call",
    "e10_async_def",
)


def text_of(name: str) -> str:
    """Return the text of an exercise as it is written into a folder."""
    return files("service.lessons.exercises").joinpath("files", f"{name}.py").read_text()


def describe_exercises() -> Iterator[dict[str, str]]:
    """Describe each exercise: ``{"name", "title", "says"}``, from the docstring of its file."""
    for name in EXERCISES:
        docstring = ast.get_docstring(ast.parse(text_of(name))) or ""
        title, _, says = docstring.partition("\n\n")
        yield {"name": name, "title": title.partition(": ")[2].rstrip("."), "says": " ".join(says.split())}
