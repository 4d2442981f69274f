"""The title of an HTML page, found in its bytes as a browser would, at a cost that no page can run up.

turbohtml builds the tree that the HTML standard asks for. Some trees cost the square of their page (formatting
elements that every paragraph opens again, attributes merged into ``<html>`` again and again), so a linear pass of
its tokenizer comes first: it adds up what the tree would cost, ends at the first title it sees closed, and hands
the tree builder no more than the budget pays for.
"""

import codecs
import html
import re
from typing import Self

import turbohtml
import turbohtml.detect  # registers the whatwg-* codecs
from attrs import Factory, define, frozen
from turbohtml import Namespace, Token, TokenType

#: Code points of a title that are kept.
MAX_TITLE = 1024
#: What the tree of a page may cost, in units of about a microsecond.
BUDGET = 20_000
#: What it costs to ask which encoding a ``<meta>`` declares, in the same units.
DECLARATION = 20
#: How many of what can end an attribute cost one unit.
SEPARATORS = 3
#: Characters between two looks at the budget.
STRIDE = 512
#: How far into the bytes the HTML standard looks for a declaration of the encoding.
PRESCAN = 1024

_FORMATTING = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)
#: What has no tags inside: there is nothing to weigh in a long script.
_RAW = frozenset(("script", "style", "textarea", "title"))
_SEPARATORS = " \n\t\f/\"'"
_FOREIGN = frozenset(("svg", "math", "template"))
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)
_WHITESPACE = re.compile(r"[\t\n\f\r ]+")


@frozen
class FoundTitle:
    """``text`` is None where there is no title element; ``truncated`` says that there may be more to it.

    ``settled`` says that no more of the page would change it: it is whole, or the budget is spent.
    """

    text: str | None
    charset: str
    truncated: bool
    settled: bool


def find_title(body: bytes, content_type: str | None = None, *, truncated: bool = False) -> FoundTitle:
    """Find the title of an HTML page, its white space stripped and collapsed.

    ``truncated`` says that the page goes on after the body.

    The encoding is that of a byte-order mark, of the header, of a ``<meta>``, or else windows-1252, as the WHATWG
    Encoding and HTML standards say.
    """
    charset, certain = _sniff(body, content_type)
    text = _decode(body, charset)
    scan = _Scan.of(text, settled=certain)
    # As long as the prescan is not over, a declaration counts wherever it stands.
    known = certain or scan.declared is not None or len(body) >= PRESCAN
    if scan.declared is not None:
        charset = scan.declared
        text = _decode(body, charset)
        scan = _Scan.of(text, settled=True)
    title = _title_of(text[: scan.end_of_title]) if scan.end_of_title else None
    settled = scan.affordable < len(text) if title is None else scan.settled and known
    if title is None:
        truncated = truncated or scan.affordable < len(text)
        # A tree for nothing is not built, but what the tokenizer took for a title's end may have been none.
        title = _title_of(text[: scan.affordable]) if "<title" in text.lower() else None
    else:
        truncated = False
    if title is not None:
        title = _WHITESPACE.sub(" ", title).strip(" ")
        truncated = truncated or len(title) > MAX_TITLE
        title = title[:MAX_TITLE]
    return FoundTitle(title, charset, truncated, settled)


def _sniff(body: bytes, content_type: str | None) -> tuple[str, bool]:
    declared = _CHARSET.search(content_type or "")
    try:
        start = turbohtml.parse(body[:PRESCAN], encoding=declared and declared[1], scripting=True)
    except LookupError:  # the header names an encoding that no browser knows
        start = turbohtml.parse(body[:PRESCAN], scripting=True)
    return str(start.encoding), start.encoding_confidence == "certain"


def _decode(body: bytes, charset: str) -> str:
    text = codecs.decode(body, f"whatwg-{charset.lower()}")
    return text.removeprefix("\N{BYTE ORDER MARK}")


def _title_of(text: str) -> str | None:
    for title in turbohtml.parse(text, scripting=True, positions=False).find_all("title"):
        if title.namespace is Namespace.HTML and title.closest("template") is None:
            return title.text
    return None


@define
class _Scan:
    """The linear pass: how much of a text its tree may be built of, and where the first title seems to end.

    While the encoding is not settled it reads on to the end of the head, for a ``<meta>`` that ``declared`` it.
    """

    settled: bool
    affordable: int = 0
    end_of_title: int = 0
    declared: str | None = None
    _spent: int = 0
    _root_attributes: int = 0
    _foreign: int = 0
    _formatting: list[tuple[str, int]] = Factory(list)
    _to_reopen: int = 0
    _title_closed: bool = False
    _raw: bool = False

    @classmethod
    def of(cls, text: str, *, settled: bool) -> Self:
        scan = cls(settled)
        tokenizer = turbohtml.Tokenizer()
        while scan.affordable < len(text) and not (scan.end_of_title and scan.settled):
            stride = text[scan.affordable : scan.affordable + STRIDE]
            scan._spent += stride.count("<") + stride.count("&")
            if not scan._raw:
                # Each may end an attribute, of which one tag can have a hundred thousand.
                scan._spent += sum(map(stride.count, _SEPARATORS)) // SEPARATORS
            for token in tokenizer.feed(stride):
                scan._weigh(token)
            if scan._spent > BUDGET:
                break
            scan.affordable += len(stride)
            if scan._title_closed and not scan.end_of_title:
                scan.end_of_title = scan.affordable
        return scan

    def _weigh(self, token: Token) -> None:
        tag = token.tag or ""
        self._raw = token.type is TokenType.START_TAG and tag in _RAW and not self._foreign
        if token.type is TokenType.START_TAG:
            self._open(tag, token)
        elif token.type is TokenType.END_TAG:
            self._close(tag)
        self._spent += self._to_reopen

    def _open(self, tag: str, token: Token) -> None:
        # The attributes are made into a list when they are asked for, and there may be very many.
        if tag in _FORMATTING:
            attributes = token.attrs or []
            weight = 1 + sum(1 + (len(name) + len(value or "")) // 32 for name, value in attributes)
            self._formatting.append((tag, weight))
            self._to_reopen += weight
        elif tag in _FOREIGN:
            self._foreign += 1
        elif tag == "meta" and not self.settled:
            self._spent += DECLARATION
            self.declared = _declared_by(token.attrs or [])
            self.settled = self.declared is not None
        elif tag in ("html", "body"):
            # Each adds its attributes to those of the one there is.
            attributes = token.attrs or []
            self._spent += len(attributes) * self._root_attributes
            self._root_attributes += len(attributes)
            self.settled = self.settled or tag == "body"

    def _close(self, tag: str) -> None:
        if tag == "title" and not self._foreign:
            self._title_closed = True
        elif tag == "head":
            self.settled = True
        elif tag in _FOREIGN and self._foreign:
            self._foreign -= 1
        for index in range(len(self._formatting) - 1, -1, -1):
            name, weight = self._formatting[index]
            if name == tag:
                del self._formatting[index]
                self._to_reopen -= weight
                return


def _declared_by(attributes: list[tuple[str, str]]) -> str | None:
    """Name the encoding that a ``<meta>`` declares, None where it declares none: turbohtml's prescan knows how."""
    tag = "<meta " + " ".join(f'{name}="{html.escape(value or "")}"' for name, value in attributes) + ">"
    meta = turbohtml.parse(tag.encode(errors="replace")[:PRESCAN])
    return str(meta.encoding) if meta.encoding_confidence == "certain" else None
