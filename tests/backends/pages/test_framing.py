"""Where a body ends: by its length, by its chunks or with its connection."""

import pytest
from hypothesis import given, strategies as st

from service.backends.pages.framing import MAX_LINE, ByLength, Chunked, End, UntilClose, framing_of
from service.backends.pages.response import ResponseHead
from service.errors import BadResponse


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, UntilClose),
        ({"content-length": ["5"]}, ByLength),
        ({"content-length": ["5", "5"]}, ByLength),
        ({"content-length": ["5, 5"]}, ByLength),
        ({"content-length": ["-1"]}, UntilClose),
        ({"content-length": ["+5"]}, UntilClose),
        ({"content-length": ["5x"]}, UntilClose),
        ({"content-length": [""]}, UntilClose),
        ({"transfer-encoding": ["chunked"]}, Chunked),
        ({"transfer-encoding": ["Chunked"], "content-length": ["5", "6"]}, Chunked),
        ({"transfer-encoding": ["identity, chunked"]}, Chunked),
        ({"transfer-encoding": ["identity"]}, UntilClose),
        ({"transfer-encoding": ["identity"], "content-length": ["5"]}, ByLength),
        ({"transfer-encoding": ["gzip"]}, UntilClose),
    ],
)
def test_which_framing(headers: dict[str, list[str]], kind: type) -> None:
    """Chunks go before a length; what is not understood leaves the body to the end of the connection."""
    assert type(framing_of(ResponseHead(200, headers))) is kind


def test_several_lengths() -> None:
    """Lengths that differ are refused."""
    with pytest.raises(BadResponse, match="gives several lengths of its response"):
        framing_of(ResponseHead(200, {"content-length": ["5", "6"]}))


@pytest.mark.parametrize("digits", ["0005", "5" + "0" * 5000])
def test_how_long(digits: str) -> None:
    """A length may have any number of digits."""
    framing = framing_of(ResponseHead(200, {"content-length": [digits]}))
    assert framing.feed(b"12345") == b"12345"
    assert (framing.end is End.REACHED) == (digits == "0005")


def test_no_length_at_all() -> None:
    """A body of length 0 ends before its first byte."""
    assert framing_of(ResponseHead(200, {"content-length": ["0"]})).end is End.REACHED


@pytest.mark.parametrize(
    "coded",
    [
        b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
        b"5\nhello\n6\n world\n0\n\n",
        b"5  \r\nhello\r\n 6\t\r\n world\r\n0 \r\n",
        b"5;a=b;c\r\nhello\r\n6 ; x\r\n world\r\n0;\r\n",
        b"00005\r\nhello\r\n" + b"0" * 100 + b"6\r\n world\r\n000\r\n",
        b"B\r\nhello world\r\n0\r\nX-Trailer: y\r\n\r\nmore",
        b"b\r\nhello world\r\n0\r\nrubbish",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_chunks(coded: bytes, size: int) -> None:
    """Chunks are read in pieces of any size, with padding, extensions and bare line feeds."""
    framing = Chunked()
    assert b"".join(framing.feed(coded[start : start + size]) for start in range(0, len(coded), size)) == b"hello world"
    assert framing.end is End.REACHED


@pytest.mark.parametrize(
    ("coded", "body"),
    [
        (b"zz\r\n", b""),
        (b"-5\r\nhello", b""),
        (b"0x5\r\nhello", b""),
        (b"+5\r\nhello", b""),
        (b"\r\n5\r\nhello", b""),
        (b";5\r\nhello", b""),
        (b"5\r\nhelloworld\r\n0\r\n", b"hello"),
        (b"5\r\nhello\r\n\r\n0\r\n", b"hello"),
        (b"5\r\nhello\r\nx\r\n", b"hello"),
        (b"5;" + b"x" * MAX_LINE, b""),
    ],
)
def test_broken_chunks(coded: bytes, body: bytes) -> None:
    """What stands before a malformed chunk is read."""
    framing = Chunked()
    assert framing.feed(coded) == body
    assert framing.end is End.BROKEN
    assert framing.feed(b"0\r\n\r\n") == b""


def test_a_huge_chunk() -> None:
    """A chunk may say that it is larger than anything."""
    framing = Chunked()
    assert framing.feed(b"f" * 4000 + b"\r\nhello") == b"hello"
    assert framing.end is End.EARLY


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=10), st.integers(1, 60))
def test_any_chunks(chunks: list[bytes], size: int) -> None:
    """What was put into chunks comes out of them, in pieces of any size."""
    coded = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    framing = Chunked()
    assert b"".join(framing.feed(coded[at : at + size]) for at in range(0, len(coded), size)) == b"".join(chunks)
    assert framing.end is End.REACHED


def test_chunks_cost_no_square() -> None:
    """Tiny chunks are read without copying what follows each of them."""
    framing = Chunked()
    assert framing.feed(b"1\r\nx\r\n" * 100_000) == b"x" * 100_000
