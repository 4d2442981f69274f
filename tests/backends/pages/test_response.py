"""The heads of responses: what browsers read, and what they do not."""

import pytest
from hypothesis import example, given, strategies as st

from service.backends.pages.response import MAX_HEADERS, HeadReader, ResponseHead
from service.errors import BadResponse

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 200 OK", 200),
        (b"HTTP/1.0 404 Not Found", 404),
        (b"http/1.1 200", 200),
        (b"HTTP/1.1  200  OK", 200),
        (b"HTTP/1.1\t200 OK", 200),
        (b"HTTP/1.1 200OK", 200),
        (b"HTTP/2 200 OK", 200),
        (b"HTTP 200 OK", 200),
        (b"\r\nHTTP/1.1 200 OK", 200),
        (b"\n\n\n\nHTTP/1.1 200 OK", 200),
    ],
)
def test_status_lines(line: bytes, status: int) -> None:
    """A status line is recognised by its beginning and its number."""
    head = HeadReader().feed(line + b"\r\nA: b\r\n\r\n")
    assert head == ResponseHead(status, {"a": ["b"]})


@pytest.mark.parametrize(
    "line",
    [
        *(b"HTTP/1.1 20 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 OK", b"HTTP/1.1", b"HTTP/1.1200", b"HTTP/1.1 -200", b"ok"),
        *(b"HTTP/1.1 099 OK", b"SSH-2.0-OpenSSH_9.2", b"<title>x</title>"),
    ],
)
def test_what_is_no_status_line(line: bytes) -> None:
    """What does not begin with a status line is refused without waiting for more."""
    with pytest.raises(BadResponse, match="incomplete or malformed HTTP response"):
        HeadReader().feed(line + b"\r\n")


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        (b"Content-Type: text/html\r\n", {"content-type": ["text/html"]}),
        (b"Content-Type : text/html\r\n", {"content-type": ["text/html"]}),
        (b"Content-Type:text/html\r\n", {"content-type": ["text/html"]}),
        (b"Content-Type:\t text/html \t\r\n", {"content-type": ["text/html"]}),
        (b"A: b\nC: d\n", {"a": ["b"], "c": ["d"]}),
        (b"A: b\r\na: c\r\n", {"a": ["b", "c"]}),
        (b"A:\r\n", {"a": [""]}),
        (b"A: b\r\n  c\r\n\td\r\nE: f\r\n", {"a": ["b c d"], "e": ["f"]}),
        (b" A: b\r\nC: d\r\n", {"c": ["d"]}),
        (b"no header\r\n: x\r\nA b: c\r\n(): x\r\nA: b\0c\r\nD: e\r\n", {"d": ["e"]}),
        (b"A: \xe9\r\n", {"a": ["é"]}),
        (b"A: " + b"x" * 17_000 + b"\r\n", {"a": ["x" * 17_000]}),
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("size", [7, 100_000])
def test_header_lines(lines: bytes, headers: dict[str, list[str]], end: bytes, size: int) -> None:
    """Header lines are read in pieces of any size; what is not one is skipped."""
    reader = HeadReader()
    data = OK + lines + end
    heads = [reader.feed(data[start : start + size]) for start in range(0, len(data), size)]
    assert heads == [*[None] * (len(heads) - 1), ResponseHead(200, headers)]
    assert reader.rest == b""


def test_what_follows_the_head() -> None:
    """The bytes after the head are left for the body; informational responses are skipped."""
    reader = HeadReader()
    assert reader.feed(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 ") is None
    assert reader.feed(b"200 OK\r\n\r\n<p>") == ResponseHead(200)
    assert reader.rest == b"<p>"


@pytest.mark.parametrize("data", [OK + b"X: " + b"x" * MAX_HEADERS, b"x" * (MAX_HEADERS + 1)])
def test_large_heads(data: bytes) -> None:
    """A head is read up to 64 KiB."""
    with pytest.raises(BadResponse, match="sends headers that exceed the size limit"):
        HeadReader().feed(data)


def test_endless_information() -> None:
    """Informational responses count towards the limit as well."""
    reader = HeadReader()
    information = b"HTTP/1.1 103 Early Hints\r\nLink: " + b"x" * 10_000 + b"\r\n\r\n"
    for _ in range(MAX_HEADERS // len(information)):
        reader.feed(information)
    with pytest.raises(BadResponse, match="exceed the size limit"):
        reader.feed(information)


def test_endless_blank_lines() -> None:
    """Blank lines before a head count towards the limit as well."""
    reader = HeadReader()
    with pytest.raises(BadResponse, match="exceed the size limit"):
        reader.feed(b"\r\n" * MAX_HEADERS)


def test_values() -> None:
    """The values of a header are those of all its lines."""
    head = ResponseHead(200, {"a": ["b, c", "d"]})
    assert (head.words("a"), head.joined("a")) == (["b", "c", "d"], "b, c, d")
    assert (head.words("x"), head.joined("x")) == ([], None)


@given(st.sampled_from([OK, b""]), st.binary(max_size=200), st.integers(1, 20))
@example(OK, b"\r\n", 1)
@example(OK, b"", 1)
@example(b"", b"nonsense\n", 1)
def test_any_bytes(beginning: bytes, more: bytes, size: int) -> None:
    """Any bytes have a head, or are refused, or are incomplete; pieces make no difference."""
    data = beginning + more

    def outcome(size: int) -> ResponseHead | str | None:
        reader = HeadReader()
        for start in range(0, len(data), size):
            try:
                head = reader.feed(data[start : start + size])
            except BadResponse as error:
                return error.error
            if head is not None:
                return head
        return None

    assert outcome(size) == outcome(len(data) + 1)
