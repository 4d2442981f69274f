"""Page bodies: decoding, the size limit and stopping early."""

import gzip
import sys
import zlib
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import brotlicffi
import pytest
from hypothesis import given, strategies as st
from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock

from service.backends.pages.body import GROWTH, MAX_BODY, PATIENCE, PAUSE_PER_BYTE, Body
from service.backends.pages.decoders import Identity, decoded_before_error, make_decoder
from service.backends.pages.framing import ByLength, Chunked, Framing, UntilClose
from service.errors import BadResponse
from service.interfaces import Need
from tests.results import failure_of, outcomes_of, result_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"<title>Buildbot</title>" * 1000


def raw_deflate(data: bytes) -> bytes:
    deflator = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflator.compress(data) + deflator.flush()


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, mtime=0),
    "x-gzip": partial(gzip.compress, mtime=0),
    "deflate": zlib.compress,
    "br": brotlicffi.compress,
    "zstd": zstd.compress,
}
CODED = {coding: compress(TEXT) for coding, compress in COMPRESS.items()}


class Reading:
    """A body being read, with a record of its calls."""

    def __init__(self, *codings: str, need: Any = lambda _: Need.REQUIRED, framing: Framing | None = None) -> None:
        self.aborted = 0
        self.asked: list[int] = []
        self.clock = Clock()
        self.body = Body(
            self.clock,
            framing or UntilClose(),
            make_decoder(list(codings)),
            lambda data: self.ask(data, need),
            self.abort,
        )

    def ask(self, data: bytes, need: Any) -> Need:
        self.asked.append(len(data))
        needed: Need = need(data)
        return needed

    def abort(self) -> None:
        self.aborted += 1

    def receive(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.body.feed(piece)
            self.clock.advance(0)

    def end(self) -> None:
        self.body.end()
        assert self.clock.getDelayedCalls() == []


def until_title(data: bytes) -> Need:
    return Need.NOTHING if data.endswith(b"</title>") else Need.REQUIRED


def useful(_: bytes) -> Need:
    return Need.USEFUL


@pytest.mark.parametrize("framing", [UntilClose(), ByLength(7)])
def test_a_whole_body(framing: Framing) -> None:
    """A body is read whole, whether or not its length is known."""
    reading = Reading(framing=framing)
    reading.receive(b"<p>", b"</p>")
    reading.end()
    assert (result_of(reading.body.read), reading.body.truncated, reading.body.broken) == (b"<p></p>", False, False)


@pytest.mark.parametrize(
    ("coding", "coded"),
    [
        *CODED.items(),
        ("deflate", raw_deflate(TEXT)),
        ("GZIP", CODED["gzip"]),
        ("identity, gzip", CODED["gzip"]),
        ("utf-8", TEXT),
        ("none", TEXT),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_codings(coding: str, coded: bytes, size: int) -> None:
    """A body is decoded in pieces of any size, without the wrapper of deflate, too; what is no coding is ignored."""
    reading = Reading(*coding.split(", "))
    reading.receive(*(coded[start : start + size] for start in range(0, len(coded), size)))
    reading.end()
    assert result_of(reading.body.read) == TEXT


@pytest.mark.parametrize(("coding", "rubbish"), [("gzip", b"rubbish"), ("zstd", b"rubbish"), ("br", b"")])
def test_what_follows_the_end_of_a_coding(coding: str, rubbish: bytes) -> None:
    """Trailing data after the encoded body is ignored, as in a browser."""
    reading = Reading(coding)
    reading.receive(CODED[coding] + rubbish, b"more of it")
    reading.end()
    assert result_of(reading.body.read) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_nothing_at_all(coding: str) -> None:
    """An empty body is valid in any coding."""
    reading = Reading(coding)
    reading.end()
    assert result_of(reading.body.read) == b""


@pytest.mark.parametrize(
    ("coding", "coded"),
    [
        ("gzip", b"<html>"),
        ("gzip", CODED["gzip"][:20] + b"\xff" * 20),
        ("gzip", CODED["gzip"][:-8] + b"\0" * 8),
        ("deflate", b"\xff" * 20),
        ("br", b"\xff" * 20),
        ("zstd", b"\xff" * 20),
        ("zstd", bytes.fromhex("28b52ffd 00a8")),  # a window of 2 GiB
    ],
)
def test_a_corrupt_coding(coding: str, coded: bytes) -> None:
    """Corrupt encoded data is a BadResponse if more of the body is required."""
    reading = Reading(coding)
    reading.receive(coded, b"more of it")
    error = failure_of(reading.body.read, BadResponse)
    assert error.error == "the web server of the page answers with a corrupt encoding"
    assert reading.aborted == 1


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_coding_that_breaks_off(coding: str) -> None:
    """Encoded data that ends early is a BadResponse if more of the body is required."""
    reading = Reading(coding)
    reading.receive(CODED[coding][:-1])
    reading.end()
    assert failure_of(reading.body.read, BadResponse).error.endswith("answers with a truncated encoding")


@pytest.mark.parametrize(
    ("coding", "coded"),
    [
        *((coding, coded[:-1]) for coding, coded in CODED.items()),
        ("gzip", CODED["gzip"][:-8]),
        ("gzip", CODED["gzip"][:-8] + b"\0" * 8),
        ("gzip", CODED["gzip"][:-8] + b"rubbish"),
        ("deflate", CODED["deflate"][:-4] + b"\0" * 4),
    ],
)
def test_a_broken_coding_whose_rest_is_not_required(coding: str, coded: bytes) -> None:
    """What stands before the end or the error is delivered, and marked as broken, if more is merely useful."""
    reading = Reading(coding, need=useful, framing=ByLength(len(coded)))
    reading.receive(coded)
    assert TEXT.startswith(result_of(reading.body.read))
    assert (reading.body.truncated, reading.body.broken, reading.aborted) == (False, True, 1)


def test_a_wrong_checksum_loses_nothing() -> None:
    """A page is whole before the checksum of gzip, which browsers do not check."""
    reading = Reading("gzip", need=useful)
    reading.receive(CODED["gzip"][:-8] + b"\0" * 8)
    assert result_of(reading.body.read) == TEXT


def test_data_that_is_not_corrupt_after_all() -> None:
    """Decoding byte by byte ends at the end of the data, or at its error."""
    for wbits in (31, 15):
        coded = CODED["gzip" if wbits == 31 else "deflate"]
        assert decoded_before_error(zlib.decompressobj(wbits), coded, len(TEXT)) == TEXT
        assert decoded_before_error(zlib.decompressobj(wbits), coded[:-4] + b"\0" * 4, len(TEXT)) == TEXT


@pytest.mark.parametrize("framing", [ByLength(100), Chunked()])
@pytest.mark.parametrize("need", [Need.REQUIRED, Need.USEFUL, Need.NOTHING])
def test_a_body_that_ends_early(framing: Framing, need: Need) -> None:
    """A body that ends early is a BadResponse if more is required, and otherwise delivered."""
    reading = Reading(framing=framing, need=lambda _: need)
    reading.body.feed(b"3\r\n<p>\r\n")
    reading.end()
    if need is Need.REQUIRED:
        assert failure_of(reading.body.read, BadResponse).error.endswith("malformed HTTP response")
    else:
        assert b"<p>" in result_of(reading.body.read)
    assert reading.body.broken


def test_a_chunk_that_makes_no_sense() -> None:
    """What stands before a malformed chunk is delivered if more is merely useful."""
    reading = Reading(framing=Chunked(), need=useful)
    reading.receive(b"3\r\n<p>\r\nnonsense\r\n")
    assert (result_of(reading.body.read), reading.body.broken) == (b"<p>", True)


@pytest.mark.parametrize(
    "codings", [["compress"], ["dcb"], ["gzip", "gzip"], ["gzip", "deflate"], ["br", "zstd"], ["X-Compress", "gzip"]]
)
def test_codings_that_are_not_decoded(codings: list[str]) -> None:
    """A coding that was not requested, or more than one, is refused before anything is decoded."""
    with pytest.raises(BadResponse, match="answers in an encoding that was not requested"):
        make_decoder(codings)


@pytest.mark.parametrize(("size", "truncated"), [(0, False), (MAX_BODY, False), (MAX_BODY + 1, True)])
@pytest.mark.parametrize("coding", ["identity", *COMPRESS])
def test_how_much_is_read(size: int, truncated: bool, coding: str) -> None:
    """At most the first MiB of a page is read."""
    reading = Reading(coding)
    body = b"x" * size
    reading.receive(COMPRESS.get(coding, bytes)(body))
    reading.end()
    assert (len(result_of(reading.body.read)), reading.body.truncated) == (min(size, MAX_BODY), truncated)


@pytest.mark.parametrize("coding", COMPRESS)
def test_a_bomb(coding: str) -> None:
    """A decompression bomb is decoded only up to the first MiB."""
    reading = Reading(coding)
    made: list[int] = []
    decode = reading.body.decoder.decode

    class Counting(Identity):
        """A decoder that counts the bytes it returns."""

        def decode(self, data: bytes, most: int) -> bytes:
            decoded = decode(data, most)
            made.append(len(decoded))
            return decoded

    reading.body.decoder = Counting()
    reading.receive(*[COMPRESS[coding](b"\0" * 64 * MAX_BODY)] * 3)
    assert made == [MAX_BODY + 1]
    assert len(result_of(reading.body.read)) == MAX_BODY
    assert reading.aborted == 1


def test_enough() -> None:
    """When no more than the body so far is needed, it is delivered and the connection is closed."""
    reading = Reading(need=until_title)
    reading.receive(b"<title>Build", b"bot</title>", b"<p>never read")
    assert result_of(reading.body.read) == b"<title>Buildbot</title>"
    assert (reading.body.truncated, reading.aborted) == (True, 1)
    reading.end()


def test_what_is_merely_useful() -> None:
    """What is merely useful is waited for, but only for a second from when the rest became that."""
    reading = Reading(need=lambda data: Need.USEFUL if b"</title>" in data else Need.REQUIRED)
    reading.receive(b"<title>Build")
    reading.clock.advance(5)
    reading.receive(b"bot</title>")
    reading.clock.advance(PATIENCE - 0.1)
    reading.receive(b"<meta>")
    assert not reading.body.read.called
    reading.clock.advance(0.1)
    assert result_of(reading.body.read) == b"<title>Buildbot</title><meta>"
    assert (reading.body.truncated, reading.body.broken, reading.aborted) == (True, False, 1)
    reading.end()


def test_enough_before_there_is_anything() -> None:
    """Reading can stop before any byte of the body has arrived."""
    reading = Reading(need=lambda _: Need.NOTHING)
    reading.body.start()
    assert (result_of(reading.body.read), reading.body.truncated, reading.aborted) == (b"", True, 1)


def test_at_most_one_look_a_turn() -> None:
    """All pieces that arrive in one turn are looked at together, in the next turn."""
    reading = Reading()
    for _ in range(1000):
        reading.body.feed(b"x")
    assert reading.asked == []
    reading.clock.advance(0)
    assert reading.asked == [1000]
    reading.end()


def test_nothing_new_is_nothing_to_look_at() -> None:
    """Pieces that decode to nothing do not cause a look."""
    reading = Reading("gzip")
    head = gzip.compress(b"")[:10]
    reading.receive(*[head[start : start + 1] for start in range(10)], *[b"\x00\x00\x00\xff\xff"] * 100)
    assert reading.asked == []
    reading.body.read.cancel()
    failure_of(reading.body.read, CancelledError)


@given(st.integers(1, 2000))
def test_looking_costs_no_square(size: int) -> None:
    """The total cost of all looks is linear in the size of the body, whatever the size of its pieces."""
    reading = Reading()
    reading.receive(*[b"x" * size] * 1000)
    assert sum(reading.asked) <= min(1000 * size, MAX_BODY) * GROWTH / (GROWTH - 1)
    assert all(later <= max(GROWTH * sooner + size, sooner + size) for sooner, later in pairwise(reading.asked))
    reading.body.read.addErrback(lambda _: None).cancel()


def test_a_body_that_has_hardly_grown() -> None:
    """A body that has hardly grown is looked at after a pause in proportion to its size."""
    reading = Reading(need=until_title)
    reading.receive(b"x" * 100_000, b"</title>")
    assert reading.asked == [100_000]
    reading.clock.advance(100_008 * PAUSE_PER_BYTE)
    assert reading.asked == [100_000, 100_008]
    assert len(result_of(reading.body.read)) == 100_008


def test_enough_after_the_end() -> None:
    """Stopping after the end does not deliver the body again."""
    reading = Reading()
    reading.receive(b"<p>")
    reading.end()
    reading.body.stop()
    assert (result_of(reading.body.read), reading.body.truncated) == (b"<p>", False)


def test_cancelling() -> None:
    """Cancelling the body aborts the connection."""
    reading = Reading()
    reading.receive(b"<p>")
    reading.body.read.cancel()
    assert reading.aborted == 1
    assert reading.clock.getDelayedCalls() == []
    failure_of(reading.body.read, CancelledError)
    reading.receive(b"late")
    reading.end()
    assert outcomes_of(reading.body.read) == [None]
