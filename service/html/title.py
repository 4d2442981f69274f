"""The title of an HTML page, found in its bytes as a browser would, at a cost that no page can run up.

turbohtml builds the tree that the HTML standard asks for, of no more of the page than the budget pays for.
"""

import re

import turbohtml
from attrs import frozen
from turbohtml import Namespace

from service.html.budget import Scan
from service.html.encoding import PRESCAN, decode, sniff

#: Code points of a title that are kept.
MAX_TITLE = 1024

_WORD = re.compile(r"[^\t\n\f\r ]+")


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
    charset, certain = sniff(body, content_type)
    text = decode(body, charset)
    scan = Scan(text, settled=certain)
    scan.run()
    # As long as the prescan is not over, a declaration counts wherever it stands.
    known = certain or scan.declared is not None or len(body) >= PRESCAN
    if scan.declared is not None:
        charset = scan.declared
        text = decode(body, charset)
        scan = Scan(text, settled=True)
        scan.run()
    title = _title_of(text[: scan.end_of_title]) if scan.end_of_title else None
    settled = title is not None and scan.settled and known
    if title is None:
        # What the tokenizer took for a title in the head was none, or the title is in the body.
        scan.run(to_the_end=True)
        settled = scan.is_spent
        truncated = truncated or settled
        # A tree for nothing is not built.
        title = _title_of(text[: scan.affordable]) if "<title" in text.lower() else None
    else:
        truncated = False
    if title is not None:
        title = _collapse(title)
        truncated = truncated or len(title) > MAX_TITLE
        title = title[:MAX_TITLE]
    return FoundTitle(title, charset, truncated, settled)


def _collapse(title: str) -> str:
    """Strip and collapse ASCII white space, as far as the title is kept and a little further."""
    words: list[str] = []
    length = 0
    for word in _WORD.finditer(title):
        words.append(word[0])
        length += len(word[0]) + 1
        if length > MAX_TITLE + 1:
            break
    return " ".join(words)


def _title_of(text: str) -> str | None:
    for title in turbohtml.parse(text, scripting=True, positions=False).find_all("title"):
        if title.namespace is Namespace.HTML and title.closest("template") is None:
            return title.text
    return None
