"""A cost estimate for the tree of a page: a linear tokenizer pass that stops when the budget is spent.

Some trees take time quadratic in the size of the page: formatting elements that every paragraph reopens, or attributes
merged into ``<html>`` again and again.
"""

import sys

import turbohtml
from attrs import Factory, define
from turbohtml import Token, TokenType

from service.html.encoding import declared_by

#: Maximum cost of the tree of a page, in units of about a microsecond in CPython. In PyPy each token, which comes from
#: C, takes more than ten of them.
BUDGET = 20_000 if sys.implementation.name == "cpython" else 1_500
#: Cost of finding the encoding that a ``<meta>`` declares, in the same units.
DECLARATION = 20
#: Number of attribute separators that cost one unit.
SEPARATORS = 3
#: Characters between two checks of the budget.
STRIDE = 512

_FORMATTING = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)
#: Elements without tags inside: the separators in a long script cost nothing.
_RAW = frozenset(("script", "style", "textarea", "title"))
_SEPARATORS = " \n\t\f/\"'"
#: A title inside one of these is not the title of the page.
_OPAQUE = frozenset(("svg", "math", "template", "noscript", "noframes"))
#: Names by which a ``<meta>`` gives another title of the page, or the title of its site.
_OTHER_TITLES = frozenset(("og:title", "og:site_name", "title"))
_HEAD = frozenset(("html", "head", "title", "meta", "link", "base", "basefont", "bgsound", "script", "style")) | _OPAQUE


@define
class Scan:
    """The linear pass: how much of a text is affordable to parse, and where a title in the head seems to end.

    It continues to the end of the head, for the ``other_titles`` (property or name of a ``<meta>`` -> its content) and,
    while the encoding is not settled, for one that ``declared`` it.
    """

    text: str
    settled: bool
    affordable: int = 0
    end_of_title: int = 0
    declared: str | None = None
    other_titles: dict[str, str] = Factory(dict)
    in_head: bool = True
    _tokenizer: turbohtml.Tokenizer = Factory(turbohtml.Tokenizer)
    _spent: int = 0
    _root_attributes: int = 0
    _opaque: int = 0
    _formatting: list[tuple[str, int]] = Factory(list)
    _to_reopen: int = 0
    _title: str = ""
    _raw: bool = False

    @property
    def is_spent(self) -> bool:
        """Whether the budget is spent."""
        return self._spent > BUDGET

    @property
    def og_title(self) -> str | None:
        """The title by Open Graph (https://ogp.me), or by ``<meta name=title>``."""
        return self.other_titles.get("og:title", self.other_titles.get("title"))

    @property
    def site_name(self) -> str | None:
        """The title of the site by Open Graph."""
        return self.other_titles.get("og:site_name")

    @property
    def _is_done(self) -> bool:
        return bool(self.end_of_title) and self.settled and not self.in_head

    def run(self, *, to_the_end: bool = False) -> None:
        """Continue to the end of a head with a title, or ``to_the_end``, but never beyond the budget."""
        while self.affordable < len(self.text) and (to_the_end or not self._is_done):
            stride = self.text[self.affordable : self.affordable + STRIDE]
            self._spent += stride.count("<") + stride.count("&")
            if not self._raw:
                # Each may end an attribute, and a single tag can have a hundred thousand attributes.
                self._spent += sum(map(stride.count, _SEPARATORS)) // SEPARATORS
            for token in self._tokenizer.feed(stride):
                self._weigh(token)
            if self.is_spent:
                break
            self.affordable += len(stride)
            if self._title == "closed" and not self.end_of_title:
                self.end_of_title = self.affordable

    def _weigh(self, token: Token) -> None:
        if token.type is TokenType.START_TAG:
            self._open(token.tag or "", token)
        elif token.type is TokenType.END_TAG:
            self._close(token.tag or "")
        elif token.type is TokenType.TEXT and not self._raw and not self._opaque and not (token.data or "").isspace():
            self.in_head = False
        self._spent += self._to_reopen

    def _open(self, tag: str, token: Token) -> None:
        self._raw = tag in _RAW and not self._opaque
        if not self._opaque:
            self.in_head = self.in_head and tag in _HEAD
            if tag == "title" and self.in_head and not self._title:
                self._title = "open"
        # Read ``token.attrs`` only where it is needed: it builds a list, which can be very long.
        if tag in _FORMATTING:
            attributes = token.attrs or []
            weight = 1 + sum(1 + (len(name) + len(value or "")) // 32 for name, value in attributes)
            self._formatting.append((tag, weight))
            self._to_reopen += weight
        elif tag in _OPAQUE:
            self._opaque += 1
        elif tag == "meta":
            self._read_meta(token.attrs or [])
        elif tag in ("html", "body"):
            # Each such tag merges its attributes into the existing element.
            attributes = token.attrs or []
            self._spent += len(attributes) * self._root_attributes
            self._root_attributes += len(attributes)
            self.settled = self.settled or tag == "body"

    def _read_meta(self, attributes: list[tuple[str, str]]) -> None:
        if not self.settled:
            self._spent += DECLARATION
            self.declared = declared_by(attributes)
            self.settled = self.declared is not None
        if self.in_head and not self._opaque:
            named = dict(reversed(attributes))  # of several attributes of a name, the first counts
            name = (named.get("property") or named.get("name") or "").lower()
            if name in _OTHER_TITLES and named.get("content"):
                self.other_titles.setdefault(name, named["content"])

    def _close(self, tag: str) -> None:
        self._raw = False
        if tag == "title" and self._title == "open" and not self._opaque:
            self._title = "closed"
        elif tag == "head":
            self.settled = True
            self.in_head = False
        elif tag in _OPAQUE and self._opaque:
            self._opaque -= 1
        for index in range(len(self._formatting) - 1, -1, -1):
            name, weight = self._formatting[index]
            if name == tag:
                del self._formatting[index]
                self._to_reopen -= weight
                return
