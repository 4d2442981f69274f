"""What a Content-Type means: Fetch's "extract a MIME type", and sniffing without one."""

import pytest
from hypothesis import given, strategies as st

from service.html import is_html, may_be_html
from service.html.mime import MIMEType, extract_mime_type


@pytest.mark.parametrize(
    ("value", "essence", "charset"),
    [
        ("text/html", "text/html", None),
        (" Text/HTML ; Charset=UTF-8", "text/html", "UTF-8"),
        ("text/html, text/html; charset=utf-8", "text/html", "utf-8"),
        ("text/html; charset=gbk, text/html", "text/html", "gbk"),
        ("text/html; charset=gbk, text/html; charset=utf-8", "text/html", "utf-8"),
        ("text/html; charset=gbk, text/plain", "text/plain", None),
        ("text/html; charset=gbk, text/plain, text/html", "text/html", None),
        ("text/html, */*", "text/html", None),
        ("text/html, nonsense, ", "text/html", None),
        (",text/html,", "text/html", None),
        ('text/html; x=",text/plain"', "text/html", None),
        ('text/html; x=",text/plain", text/css', "text/css", None),
        ('text/html;charset="a\\"b, c";x', "text/html", 'a"b, c'),
        ('text/html;charset="utf-8', "text/html", "utf-8"),
        ('text/html;charset="utf-8"rubbish;x=y', "text/html", "utf-8"),
        ("text/html ; charset = utf-8 ;", "text/html", "utf-8"),
        ("text/html;;charset=;charset=utf-8;charset=gbk", "text/html", "utf-8"),
        ('text/html;x="a;charset=gbk"', "text/html", None),
        ("text/html;x-charset=gbk", "text/html", None),
        ("text/html;charset=\u20ac", "text/html", None),
    ],
)
def test_the_type_that_counts(value: str, essence: str, charset: str | None) -> None:
    """The last valid value counts, and inherits the charset of one before with the same type."""
    assert extract_mime_type(value) == MIMEType(essence, charset)


@pytest.mark.parametrize(
    "value", [None, "", "*/*", "nonsense", "text/", "/html", "text /html", '"text/html"', "text/(x)"]
)
def test_no_type(value: str | None) -> None:
    """What is no type says nothing."""
    assert extract_mime_type(value) is None


HTML = [
    *(
        b"<!doctype html>",
        b"<!DOCTYPE HTML SYSTEM>",
        b"<html>",
        b"<HTML lang=en>",
        b"<head>",
        b"<script >",
        b"<iframe>",
    ),
    *(b"<h1>", b"<div>", b"<font>", b"<table>", b"<a href=x>", b"<style>", b"<title>x", b"<b>", b"<body>"),
    *(b"<br>", b"<p>", b"<!-- x", b"<!--", b"\t\n\f\r <html>", b" " * 1000 + b"<html>"),
]
OTHER = [b"<!doctype", b"<htmlx>", b"<html", b"<meta>", b"x<html>", b"<?xml?>", b"%PDF-", b"\xef\xbb\xbf<html>", b""]


@pytest.mark.parametrize("body", HTML)
def test_what_looks_like_html(body: bytes) -> None:
    """Without a type, a page that begins with one of the standard's tags is HTML."""
    assert is_html(None, body)
    assert is_html("*/*", body)
    assert may_be_html(None, body)


@pytest.mark.parametrize("body", OTHER)
def test_what_does_not_look_like_html(body: bytes) -> None:
    """Anything else is not."""
    assert not is_html(None, body)


def test_a_type_goes_before_its_looks() -> None:
    """What has a type is not looked at."""
    assert is_html("text/html", b"%PDF-")
    assert not is_html("text/plain", b"<html>")
    assert not may_be_html("text/plain", b"")
    assert may_be_html("text/html", b"")


def test_until_when_it_may_be_html() -> None:
    """A page without a type may be HTML until its beginning, or as much as is looked at, shows that it is not."""
    assert all(may_be_html(None, prefix) for prefix in (b"", b" ", b"<", b"<ht", b"<html", b"<!-", b"<!doc"))
    assert not any(may_be_html(None, prefix) for prefix in (b"x", b"<m", b"<!x", b" " * 1445, b"\xef"))


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_what_is_not_html_does_not_become_it(prefix: bytes, more: bytes) -> None:
    """What cannot be HTML any more is not HTML in the end."""
    assert may_be_html(None, prefix) or not is_html(None, prefix + more)
