"""The command line of the lessons: examples, mistakes, exercises and the matrix of variants, on fakes."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, succeed

from service.backends.registry import DATABASE, PAGES, make_backend
from service.chains.titles import Titles
from service.command.logs import begin_logging, log_observer
from service.errors import BadSetting
from service.lessons.catalogue import BY_SLUG, Lesson
from service.lessons.examples import print_page_title, print_user_info, print_user_name

USAGE = """usage: python -m service.lessons                        list the lessons
       python -m service.lessons forgotten-return       run one: the mistake, and the code without it
       python -m service.lessons 1 dustin               run an example of the slides
       python -m service.lessons 2 jimbo
       python -m service.lessons 3 http://hudson.com
       python -m service.lessons matrix                 run all variants of ajax_get_contacts
       python -m service.lessons exercises [FOLDER]     write ten exercises into a folder
       python -m service.lessons check [FOLDER]         check them; or one, by its file
"""
#: The folder of the exercises, if none is given.
FOLDER = "exercises"


def main(reactor: Any, *arguments: str) -> Deferred[None]:
    """Run what the arguments name.

    :return: a Deferred that fires with None when it is done; raises ``SystemExit`` if the arguments are invalid, or if
        an exercise does not hold.
    """
    if arguments in (("exercises",), ("check",)):
        arguments = (*arguments, FOLDER)
    match arguments:
        case ["1", user]:
            return print_user_info(make_backend(DATABASE, "fake:?latency=1.5", reactor), user)
        case ["2", user]:
            return print_user_name(make_backend(DATABASE, "fake:?latency=1.5", reactor), user)
        case ["3", url]:
            titles = Titles(make_backend(PAGES, "fake:?latency=0.5", reactor))
            return print_page_title(partial(get_page_title, titles), url)
        case []:
            print_list()
        case ["matrix"]:
            print_matrix()
        case ["exercises", folder]:
            write_exercises(Path(folder))
        case ["check", folder]:
            check_exercises(Path(folder))
        case [slug] if slug in BY_SLUG:
            print_lesson(BY_SLUG[slug])
        case _:
            unknown = f"unknown lesson: {arguments[0]!r}\n" if len(arguments) == 1 else ""
            sys.stderr.write(f"{unknown}{USAGE}")
            raise SystemExit(2)
    return succeed(None)


def get_page_title(titles: Titles, url: str) -> Deferred[str]:
    """Fetch the title of a page as the slides' function does: a string, empty if the page has no title."""
    return titles.get_page_title(url).addCallback(lambda title: title.title or "")


# What follows imports late: the lessons import Klein, which the examples do not need.


def print_list() -> None:
    """Print the names of all lessons, and how to run one."""
    from service.lessons.text import list_as_text

    print(f"{list_as_text()}\n\n{USAGE}", end="")


def print_lesson(lesson: Lesson) -> None:
    """Print a lesson: both sides, with their code and the path of the result."""
    from service.lessons.text import lesson_as_text

    print(lesson_as_text(lesson))


def write_exercises(folder: Path) -> None:
    """Write the exercises; what is there already stays as it is."""
    from service.lessons.exercises.folder import write_exercises

    try:
        for path, is_new in write_exercises(folder):
            print(f"{path}{'' if is_new else ' was there already, and stays as it is'}")
    except OSError as error:
        sys.stderr.write(f"cannot write the exercises: {error}\n")
        raise SystemExit(2) from error
    print(f"\nMend one after the other, and check them:\n\n    python -m service.lessons check {folder}")


def check_exercises(folder: Path) -> None:
    """Print of each exercise of a folder, or of one file, whether it holds, and if not, what happened instead.

    :raise SystemExit: with 1 if one of them does not hold, with 2 without exercises.
    """
    from service.lessons.exercises.folder import check_exercises
    from service.lessons.exercises.listing import EXERCISES

    if folder.suffix == ".py" and not (folder.is_file() and folder.stem in EXERCISES):
        sys.stderr.write(f"{folder} is not the file of an exercise, such as {EXERCISES[0]}.py\n")
        raise SystemExit(2)
    if folder.suffix != ".py" and not any(folder.glob("e[0-9][0-9]_*.py")):
        sys.stderr.write(f"{folder} has no exercises: write them with python -m service.lessons exercises\n")
        raise SystemExit(2)
    held = []
    for name, verdict in check_exercises(folder):
        held.append(verdict.holds)
        print(f"{name}: {'holds' if verdict.holds else 'does not hold yet'}\n    {verdict.says}", flush=True)
        if verdict.picture:
            print("\n".join(f"        {line}" for line in verdict.picture.splitlines()), flush=True)
    print(f"\n{sum(held)} of {len(held)} hold")
    if not all(held):
        raise SystemExit(1)


def print_matrix() -> None:
    """Print what a browser gets from each variant, as a Markdown table."""
    from service.command.composition import compose_lesson
    from service.command.flags import read_settings
    from service.lessons.matrix import as_markdown

    try:
        settings = read_settings([])
    except BadSetting as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error
    assert not isinstance(settings, int)
    begin_logging(log_observer(settings.log_format, sys.stderr))
    print(as_markdown(compose_lesson(settings, Path.cwd())))
