"""The title of an HTML page, found in its bytes as a browser would, at a bounded cost.

turbohtml builds the tree by the HTML standard, from no more of the page than the budget allows.
"""

import re

import turbohtml
from attrs import frozen
from turbohtml import Namespace

from service.html.budget import STRIDE, Scan
from service.html.encoding import PRESCAN, decode, is_utf8, sniff

#: Maximum code points kept of a title.
MAX_TITLE = 1024

_WORD = re.compile(r"[^\t\n\f\r ]+")


@frozen(kw_only=True)
class FoundTitle:
    """A title; ``text`` is None without a title element.

    ``og_title`` and ``site_name`` are the Open Graph titles of the page and its site, None if its head lacks them.
    ``truncated`` means that one of the three may go on, or be missing.

    ``final`` means that the title is complete, except that its encoding may still change; ``settled`` that the rest of
    the page cannot change any of the three: they are complete, or the budget is spent.
    """

    text: str | None
    og_title: str | None = None
    site_name: str | None = None
    charset: str
    truncated: bool
    final: bool
    settled: bool


def find_title(body: bytes, content_type: str | None = None, *, truncated: bool = False) -> FoundTitle:
    """Find the title and the Open Graph titles of an HTML page, with white space stripped and collapsed.

    ``truncated`` means that the page continues after ``body``.

    The encoding is that of a byte-order mark, the header or a ``<meta>``, by the WHATWG Encoding and HTML standards; or
    else UTF-8 if the page looks like it, or windows-1252.
    """
    charset, certain = sniff(body, content_type)
    text, scan = _scan(body, charset, settled=certain)
    # Until the prescan is over, a declaration counts wherever it is; and a guess is one about whole strides.
    guessable = len(body) >= PRESCAN and scan.affordable % STRIDE == 0
    known = certain or scan.declared is not None or guessable
    better = scan.declared or charset
    if scan.declared is None and not certain and is_utf8(body[: scan.affordable]):
        better = "UTF-8"
    if better != charset:
        charset = better
        text, scan = _scan(body, charset, settled=scan.settled)
    title = _title_of(text[: scan.end_of_title]) if scan.end_of_title else None
    final = title is not None
    complete = final and scan.settled and known and not scan.in_head
    if title is None:
        # The tokenizer has mistaken something for a title in the head, or the title is in the body.
        scan.run(to_the_end=True)
        # Do not build a tree that cannot have a title.
        title = _title_of(text[: scan.affordable]) if "<title" in text.lower() else None
    names = [name and _collapse(name) for name in (title, scan.og_title, scan.site_name)]
    too_long = any(name and len(name) > MAX_TITLE for name in names)
    title, og_title, site_name = (name and name[:MAX_TITLE] for name in names)
    return FoundTitle(
        text=title,
        og_title=og_title,
        site_name=site_name,
        charset=charset,
        truncated=too_long or (not complete and (truncated or scan.is_spent)),
        final=final or scan.is_spent,
        settled=complete or scan.is_spent,
    )


def _scan(body: bytes, charset: str, *, settled: bool) -> tuple[str, Scan]:
    text = decode(body, charset)
    scan = Scan(text, settled=settled)
    scan.run()
    return text, scan


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
