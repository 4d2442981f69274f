"""The title of an HTML page, found in its bytes as a browser would, at a bounded cost.

turbohtml builds the tree by the HTML standard, from no more of the page than the budget allows.
"""

import re

import turbohtml
from attrs import frozen
from turbohtml import Namespace

from service.html.budget import Scan
from service.html.encoding import PRESCAN, decode, sniff

#: Maximum code points kept of a title.
MAX_TITLE = 1024

_WORD = re.compile(r"[^\t\n\f\r ]+")


@frozen
class FoundTitle:
    """A title; ``text`` is None without a title element, and ``truncated`` means that the title may go on.

    ``settled`` means that the rest of the page cannot change it: it is complete, or the budget is spent.
    """

    text: str | None
    charset: str
    truncated: bool
    settled: bool


def find_title(body: bytes, content_type: str | None = None, *, truncated: bool = False) -> FoundTitle:
    """Find the title of an HTML page, with white space stripped and collapsed.

    ``truncated`` means that the page continues after ``body``.

    The encoding is that of a byte-order mark, the header or a ``<meta>``, or else windows-1252, by the WHATWG Encoding
    and HTML standards.
    """
    charset, certain = sniff(body, content_type)
    text = decode(body, charset)
    scan = Scan(text, settled=certain)
    scan.run()
    # Until the prescan is over, a declaration counts wherever it is.
    known = certain or scan.declared is not None or len(body) >= PRESCAN
    if scan.declared is not None:
        charset = scan.declared
        text = decode(body, charset)
        scan = Scan(text, settled=True)
        scan.run()
    title = _title_of(text[: scan.end_of_title]) if scan.end_of_title else None
    settled = title is not None and scan.settled and known
    if title is None:
        # The tokenizer has mistaken something for a title in the head, or the title is in the body.
        scan.run(to_the_end=True)
        settled = scan.is_spent
        truncated = truncated or settled
        # Do not build a tree that cannot have a title.
        title = _title_of(text[: scan.affordable]) if "<title" in text.lower() else None
    else:
        truncated = False
    if title is not None:
        title = _collapse(title)
        truncated = truncated or len(title) > MAX_TITLE
        title = title[:MAX_TITLE]
    return FoundTitle(title, charset, truncated, settled)


def _collapse(title: str) -> str:
    """Strip and collapse ASCII white space, up to just beyond ``MAX_TITLE``."""
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
