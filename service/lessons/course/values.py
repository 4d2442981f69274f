"""What a lesson of the course consists of."""

from attrs import frozen


@frozen(kw_only=True)
class Scene:
    """Something to watch: ``path`` responds with a run of a lesson of the catalogue, or of a row of a table.

    ``side`` is ``wrong`` or ``right``, where there are both; ``says`` tells what to look at.
    """

    title: str
    path: str
    side: str = "wrong"


@frozen(kw_only=True)
class Question:
    """A question to answer before watching: ``choices``, the index of the right one, and ``because`` of what."""

    asks: str
    choices: tuple[str, ...]
    right: int
    because: str


@frozen(kw_only=True)
class CourseLesson:
    """One of the lessons: a few sentences, scenes, a question about the first of them, and what to notice after it.

    ``table`` is the slug of the table of the slides that it is about, if there is one, and ``cards`` says that it shows
    the cards. Code is in backticks.
    """

    title: str
    says: str
    scenes: tuple[Scene, ...]
    question: Question
    notice: str
    table: str | None = None
    cards: bool = False


@frozen(kw_only=True)
class Word:
    """A term, what else it is called in the lessons, and what it means."""

    term: str
    means: str
    also: tuple[str, ...] = ()


@frozen(kw_only=True)
class Card:
    """A subject in a few sentences: what it ``was``, what stands in its place ``today``, and where it is used ``here``.

    ``slug`` is a lesson that shows it, ``command`` runs it in a terminal, and ``file`` has its code.
    """

    title: str
    kind: str
    was: str
    today: str
    here: str
    slug: str | None = None
    command: str | None = None
    file: str | None = None
