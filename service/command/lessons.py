"""The command line of the lessons: the slides' examples and the matrix of variants, on fakes."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, succeed

from service.backends.registry import DATABASE, PAGES, make_backend
from service.chains.titles import Titles
from service.command.logs import begin_logging, log_observer
from service.errors import BadSetting
from service.lessons.examples import print_page_title, print_user_info, print_user_name

USAGE = """usage: python -m service.lessons 1 dustin
       python -m service.lessons 2 karl
       python -m service.lessons 2 jimbo
       python -m service.lessons 3 http://buildbot.net
       python -m service.lessons 3 http://hudson.com
       python -m service.lessons matrix
"""


def main(reactor: Any, *arguments: str) -> Deferred[None]:
    """Run the example or the matrix that the arguments name.

    :return: a Deferred that fires with None when it is done; raises ``SystemExit`` if the arguments are invalid.
    """
    match arguments:
        case ["1", user]:
            return print_user_info(make_backend(DATABASE, "fake:?latency=1.5", reactor), user)
        case ["2", user]:
            return print_user_name(make_backend(DATABASE, "fake:?latency=1.5", reactor), user)
        case ["3", url]:
            titles = Titles(make_backend(PAGES, "fake:?latency=0.5", reactor))
            return print_page_title(partial(get_page_title, titles), url)
        case ["matrix"]:
            print_matrix()
            return succeed(None)
    sys.stderr.write(USAGE)
    raise SystemExit(2)


def get_page_title(titles: Titles, url: str) -> Deferred[str]:
    """Fetch the title of a page as the slides' function does: a string, empty if the page has no title."""
    return titles.get_page_title(url).addCallback(lambda title: title.title or "")


def print_matrix() -> None:
    """Print what a browser gets from each variant, as a Markdown table."""
    # Imported late: these import Klein, which the examples do not need.
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
