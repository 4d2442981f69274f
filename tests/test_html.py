"""The title of a page: what a browser would show, at a bounded cost."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from service.html import MAX_TITLE, FoundTitle, find_title

ROOT = Path(__file__).parent.parent
MIB = 1024 * 1024
#: Longer than the part in which a declaration of the encoding is looked for, and enough for a guess.
PADDING = b"<!--" + b"x" * 2000 + b"-->"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"", None),
        (b"<p>no title", None),
        (b"<title></title>", ""),
        (b"<title> \n a\t\tb \r\n </title>", "a b"),
        (b"<title>\xc2\xa0a\xc2\xa0</title><meta charset=utf-8>", "\xa0a\xa0"),
        (b"<TITLE>Tom &amp; Jerry &lt;3 &#128049;</TITLE>", "Tom & Jerry <3 🐱"),
        (b"<title>a <b>bold</b> claim</title>", "a <b>bold</b> claim"),
        (b"<title>never closed", "never closed"),
        (b"<title>first</title><title>second</title>", "first"),
        (b"<p>late</p><title>in the body</title>", "in the body"),
        (b"<svg><title>drawing</title></svg><title>page</title>", "page"),
        (b"<svg><title>drawing</title></svg>", None),
        (b"<template><title>unused</title></template><title>page</title>", "page"),
        (b"<template><title>unused</title></template>", None),
        (b"<svg><p><title>broken out</title>", "broken out"),
        (b"<svg></svg></svg><title>x</title>", "x"),
        (b"<script>'<title>no</title>'</script><title>yes</title>", "yes"),
        (b"<noscript><title>no</title></noscript><title>yes</title>", "yes"),
        (b"<!-- <title>no</title> --><title>yes</title>", "yes"),
        (b"<textarea><title>no</title></textarea>", None),
        (b"</title><title>yes</title>", "yes"),
        (b"<a href=x>link<title>yes</title></a></b>", "yes"),
    ],
)
def test_which_title(body: bytes, title: str | None) -> None:
    """The first HTML title element counts, with white space stripped and collapsed."""
    assert find_title(body, "text/html; charset=utf-8").text == title


@pytest.mark.parametrize(
    ("body", "content_type", "title", "charset"),
    [
        (b"<title>\xe9</title>", None, "é", "windows-1252"),
        (b"<title>\xc3\xa9</title>", "text/html; charset=UTF-8", "é", "UTF-8"),
        (b"<title>\xc3\xa9</title>", 'text/html; charset="utf8"', "é", "UTF-8"),
        (b"<title>\xe9</title>", "text/html; charset=klingon", "é", "windows-1252"),
        (b"<meta charset=utf-8><title>\xc3\xa9</title>", "text/html", "é", "UTF-8"),
        (b"<meta charset=utf-8><title>\xe9</title>", "text/html; charset=latin1", "é", "windows-1252"),
        (b"\xef\xbb\xbf<title>\xc3\xa9</title>", "text/html; charset=latin1", "é", "UTF-8"),
        ("\ufeff<title>é</title>".encode("utf-16-le"), None, "é", "UTF-16LE"),
        ("<title>日本</title>".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本", "Shift_JIS"),
        (PADDING + b"<meta charset=iso-8859-2><title>\xb1</title>", None, "ą", "ISO-8859-2"),
        (b"<title>\xb1</title>" + PADDING + b"<meta charset=iso-8859-2>", None, "ą", "ISO-8859-2"),
        (
            PADDING + b"<meta http-equiv=content-type content='text/html; charset=iso-8859-2'><title>\xb1</title>",
            None,
            "ą",
            "ISO-8859-2",
        ),
        (PADDING + b"<meta name=x><meta charset=klingon><title>\xb1</title>", None, "±", "windows-1252"),
        (PADDING + b"<title>\xb1</title></head><meta charset=iso-8859-2>", None, "±", "windows-1252"),
        (PADDING + b"<title>\xb1</title><body><meta charset=iso-8859-2>", None, "±", "windows-1252"),
    ],
)
def test_which_encoding(body: bytes, content_type: str | None, title: str, charset: str) -> None:
    """The encoding is that of a byte-order mark, the header, a meta in the head or windows-1252, in this order."""
    found = find_title(body, content_type)
    assert (found.text, found.charset, found.truncated) == (title, charset, False)


@pytest.mark.parametrize(
    ("body", "whole", "prefix"),
    [
        (b"<title>x</title>", False, True),
        (PADDING + b"<title>x</title></head>" + PADDING, False, False),
        (b"<title>x", False, True),
        (b"<p>", False, True),
        (b"<title>" + b"x" * (MAX_TITLE + 1) + b"</title>", True, True),
    ],
)
def test_what_may_go_on(body: bytes, whole: bool, prefix: bool) -> None:
    """A title is complete at the end of the head, also in a prefix of its page, unless it is too long."""
    assert find_title(body).truncated is whole
    assert find_title(body, truncated=True).truncated is prefix


def test_a_long_title() -> None:
    """At most 1,024 code points of a title are kept."""
    assert find_title(b"<title>" + b"x" * 2000 + b"</title>").text == "x" * MAX_TITLE


def repeated(unit: str, length: int = MIB) -> str:
    """Repeat a unit to fill a page."""
    return unit * (length // len(unit))


def numbered(unit: str, count: int) -> str:
    """Repeat a unit that has a placeholder for a number."""
    return "".join(unit.format(number) for number in range(count))


ATTACKS = {
    "reopened formatting elements": "<p>" + numbered("<b id={}>", 500) + repeated("<p>x"),
    "formatting elements piling up": numbered("<font id={}><p>", 40_000),
    "a formatting element of many attributes": "<b " + numbered("a{} ", 20_000) + ">" + repeated("<p>x"),
    "a formatting element of a long attribute": f"<b a='{'x' * 100_000}'>" + repeated("<p>x"),
    "attributes merged into html": numbered("<html a{}=1>", 70_000),
    "attributes merged into body": numbered("<body a{}=1>", 70_000),
    "an element of many attributes": "<p " + numbered("a{} ", 140_000) + ">",
    **{
        f"<{tag}> of many attributes": f"<{tag} " + numbered("a{} ", 140_000) + ">"
        for tag in ("b", "html", "meta", "title")
    },
    "attributes between slashes": "<p " + numbered("a{}/", 140_000) + ">",
    "attributes between quotes": "<p " + repeated('a=""') + ">",
    "many tags of many attributes": repeated("<i " + "a b c d e f g h " * 30 + ">"),
    "many attributes in a title of svg": "<svg><title><p " + numbered("a{} ", 140_000) + ">",
    "many attributes in a style of svg": "<svg><style><p " + numbered("a{} ", 140_000) + ">",
    "a title of many words": "<title>" + repeated(" a"),
    "many titles": repeated("<title>x</title>"),
    "many titles in the body": "<p>" + repeated("<title>x</title>"),
    "unmatched end tags far down": repeated("<span>", MIB // 2) + repeated("</x>", MIB // 2),
    "unmatched end tags in svg": "<svg>" + repeated("<g>", MIB // 2) + repeated("</x>", MIB // 2),
    "declarations of the encoding": repeated("<meta charset=x>"),
    "titles in svg": "<svg>" + repeated("<title>x</title>"),
    "titles in templates": repeated("<template><title>x</title>"),
    "tables in tables": repeated("<table>x"),
    "brackets": repeated("<"),
    "ampersands": repeated("&"),
    "references": repeated("&notin"),
    "NULs": repeated("\0"),
}


@pytest.mark.parametrize("page", ATTACKS.values(), ids=ATTACKS)
def test_no_page_costs_more_than_the_budget(page: str) -> None:
    """No page of 1 MiB takes quadratic time: 50 ms of processor time, with a factor of ten for busy machines."""
    started = time.process_time()
    find_title(page.encode()[:MIB] + b"<title>x")
    assert time.process_time() - started < 10 * 0.05


MEASURE_MEMORY = """
import resource
from service.html import find_title
from tests.test_html import ATTACKS, MIB

bodies = [page.encode()[:MIB] + b"<title>x" for page in ATTACKS.values()]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for body in bodies:
    find_title(body)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_no_page_takes_much_memory() -> None:
    """No page of 1 MiB takes 64 MiB of memory, native allocations included."""
    measured = subprocess.run([sys.executable, "-c", MEASURE_MEMORY], check=True, capture_output=True, cwd=ROOT)
    assert int(measured.stdout) < 64 * 1024


@pytest.mark.parametrize("page", [ATTACKS["reopened formatting elements"], ATTACKS["attributes merged into html"]])
def test_where_the_budget_ends_is_said(page: str) -> None:
    """A page that costs too much is read only as far as the budget goes."""
    assert find_title(page.encode() + b"<title>x</title>") == FoundTitle(
        text=None, charset="windows-1252", truncated=True, final=True, settled=True
    )


def test_a_title_before_the_attack() -> None:
    """Content after the head costs nothing."""
    body = b"<meta charset=utf-8><title>x</title>" + ATTACKS["reopened formatting elements"].encode()
    assert find_title(body) == FoundTitle(text="x", charset="UTF-8", truncated=False, final=True, settled=True)


@pytest.mark.parametrize(
    ("prefix", "content_type", "final", "settled"),
    [
        (b"", None, False, False),
        (b"<title>x", "text/html; charset=utf-8", False, False),
        (b"<title>x</title>", "text/html; charset=utf-8", True, False),
        (b"<title>x</title><p>", "text/html; charset=utf-8", True, True),
        (b"<title>x</title> \n<style>p</style><script>q</script>", "text/html; charset=utf-8", True, False),
        (b"\xef\xbb\xbf<title>x</title></head>", None, True, True),
        (b"<meta charset=utf-8><title>x</title>", None, True, False),
        (b"<title>x</title>", None, True, False),
        (b"<title>x</title><meta charset=utf-8>", None, True, False),
        (b"<title>x</title></head>", None, True, False),
        (PADDING + b"<title>x</title></head>", None, True, False),
        (PADDING + b"<title>x</title></head>" + PADDING, None, True, True),
        (PADDING + b"<title>x</title><body>" + PADDING, None, True, True),
        (PADDING + b"<title>\xc3\xa9</title>", None, True, False),
        (PADDING + b"<title>\xc3\xa9</title><body>" + PADDING, None, True, True),
        (b"</head><body><p>", "text/html; charset=utf-8", False, False),
        (b"<svg><title>x</title>", "text/html; charset=utf-8", False, False),
        (b"<title>" + b"x" * 2000 + b"</title>", "text/html; charset=utf-8", True, False),
        (ATTACKS["reopened formatting elements"].encode(), "text/html; charset=utf-8", True, True),
    ],
)
def test_when_a_prefix_is_enough(prefix: bytes, content_type: str | None, final: bool, settled: bool) -> None:
    """A title is final at its end, and settled at the end of the head, once the encoding is, or of the budget."""
    found = find_title(prefix, content_type, truncated=True)
    assert (found.final, found.settled) == (final, settled)


@pytest.mark.parametrize(
    ("head", "og_title", "site_name"),
    [
        (
            b"<meta property='og:title' content=' a  b '><meta property='og:site_name' content='c &amp; d'>",
            "a b",
            "c & d",
        ),
        (b"<meta content=a property=OG:Title><meta name=og:site_name content=c>", "a", "c"),
        (b"<meta property=og:title content=a><meta property=og:title content=b>", "a", None),
        (b"<meta property=og:title content=a property=x content=y>", "a", None),
        (b"<meta property=og:title content=''><meta property=og:title content=b>", "b", None),
        (b"<meta name=title content=a>", "a", None),
        (b"<meta name=title content=a><meta property=og:title content=b>", "b", None),
        (b"<meta property=og:title><meta name=description content=a>", None, None),
        (b"<noscript><meta property=og:title content=a></noscript>", None, None),
        (b"<p><meta property=og:title content=a>", None, None),
        (b"<meta property=og:title content=" + b"x" * 2000 + b">", "x" * MAX_TITLE, None),
    ],
)
def test_other_titles(head: bytes, og_title: str | None, site_name: str | None) -> None:
    """The head may call the page, and its site, by another name."""
    for body in (b"<title>t</title>" + head, head + b"<title>t</title>"):
        found = find_title(body, "text/html; charset=utf-8")
        assert (found.text, found.og_title, found.site_name) == ("t", og_title, site_name)


@pytest.mark.parametrize("at", [0, 1023, 1024, 5000, 100_000])
def test_undeclared_utf8(at: int) -> None:
    """UTF-8 is recognised wherever its first byte that is not ASCII stands."""
    body = b"<!--" + b"x" * at + "--><title>é</title><p>ü".encode()
    found = find_title(body)
    assert (found.text, found.charset) == ("é", "UTF-8")


def test_what_only_begins_like_utf8() -> None:
    """A page whose next bytes are not UTF-8, or that ends in the middle of a character, is windows-1252."""
    for title in (b"\xc3\xa9 \xe9</title>", b"\xc3"):
        assert find_title(PADDING + b"<title>" + title).charset == "windows-1252"


@given(
    st.sampled_from(
        [b"<meta charset=utf-8>", b"<title>x</title>", b"<body>", b"<p>", b"<svg>", b"</svg>", b"\xe9", b"\xc3\xa9"]
    )
)
def test_what_is_settled_does_not_change(more: bytes) -> None:
    """Nothing that follows a settled title changes it."""
    for prefix in (b"<meta charset=utf-8><title>a</title></head>", PADDING + b"<title>a</title></head>" + PADDING):
        settled = find_title(prefix, truncated=True)
        assert settled.settled
        assert find_title(prefix + more, truncated=True) == settled


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"<p></title>" + b"x" * 1000 + b"<title>Real</title>", "Real"),
        (b"</title>" + b"x" * 490 + b"<title>Hello world</title>", "Hello world"),
        (b"<svg><title>no</title></svg><title>yes</title>", "yes"),
        (b"<template><title>no</title></template><title>yes</title>", "yes"),
        (b"<noscript><title>no</title></noscript><title>yes</title>", "yes"),
        (b"<![CDATA[<title>no</title>]]><title>yes</title>", "yes"),
        (b"<table><tr><td><title>A</title></td></tr><title>B</title></table>", "B"),
        (b"<title> a \t b\n\nc </title>", "a b c"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 512, 10_000])
def test_pieces_make_no_difference(body: bytes, title: str, size: int) -> None:
    """A page read in pieces until its title is settled has the title of the whole page."""
    body += b"<p>" * 200
    for end in range(size, len(body) + size, size):
        found = find_title(body[:end], "text/html; charset=utf-8", truncated=end < len(body))
        if found.settled:
            break
    assert found.text == find_title(body, "text/html; charset=utf-8").text == title


@pytest.mark.parametrize(
    ("body", "content_type", "title", "charset"),
    [
        (b'<?xml version="1.0" encoding="koi8-r"?><title>\xf6</title>', None, "Ж", "KOI8-R"),
        (b'<?xml version="1.0" encoding="klingon"?><title>\xf6</title>', None, "ö", "windows-1252"),
        (b'<?xml version="1.0" encoding="koi8-r"?><title>\xc3\xa9</title>', "text/html;charset=utf-8", "é", "UTF-8"),
        (b"<title>\xf6</title>", "text/html; x-charset=koi8-r", "ö", "windows-1252"),
        (b"<title>\xf6</title>", 'text/html ; CharSet = "koi8-r"', "Ж", "KOI8-R"),
        (b"<meta charset=koi8-r><title>\xf6</title>", "text/html; charset=klingon", "Ж", "KOI8-R"),
    ],
)
def test_where_an_encoding_is_named(body: bytes, content_type: str | None, title: str, charset: str) -> None:
    """An XML declaration counts as a meta does; a header parameter other than charset does not."""
    found = find_title(body, content_type)
    assert (found.text, found.charset) == (title, charset)
