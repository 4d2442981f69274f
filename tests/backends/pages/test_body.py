"""Page bodies: decoding, the size limit and stopping early."""

import gzip
import zlib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st
from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectionLost
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss

from service.backends.pages.body import GROWTH, MAX_BODY, PAUSE_PER_BYTE, Body, Identity, make_decoder
from service.errors import BadResponse
from tests.results import failure_of, outcomes_of, result_of

TEXT = b"<title>Buildbot</title>" * 1000


def raw_deflate(data: bytes) -> bytes:
    deflator = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflator.compress(data) + deflator.flush()


CODED = {"gzip": gzip.compress(TEXT, mtime=0), "x-gzip": gzip.compress(TEXT, mtime=0), "deflate": zlib.compress(TEXT)}


class Reading:
    """A body being read, with a record of its calls."""

    def __init__(self, *codings: str, enough: Any = lambda _: False) -> None:
        self.aborted = 0
        self.asked: list[int] = []
        self.clock = Clock()
        self.body = Body(self.clock, make_decoder(list(codings)), lambda data: self.ask(data, enough), self.abort)

    def ask(self, data: bytes, enough: Any) -> bool:
        self.asked.append(len(data))
        wanted: bool = enough(data)
        return wanted

    def abort(self) -> None:
        self.aborted += 1

    def receive(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.body.dataReceived(piece)
            self.clock.advance(0)

    def end(self, reason: Exception | None = None) -> None:
        self.body.connectionLost(Failure(reason or ResponseDone()))
        assert self.clock.getDelayedCalls() == []


@pytest.mark.parametrize("end", [ResponseDone(), PotentialDataLoss()])
def test_a_whole_body(end: Exception) -> None:
    """A body is read whole, whether or not its length is known."""
    reading = Reading()
    reading.receive(b"<p>", b"</p>")
    reading.end(end)
    assert (result_of(reading.body.read), reading.body.truncated, reading.aborted) == (b"<p></p>", False, 0)


@pytest.mark.parametrize(("coding", "coded"), [*CODED.items(), ("deflate", raw_deflate(TEXT)), ("GZIP", CODED["gzip"])])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_codings(coding: str, coded: bytes, size: int) -> None:
    """An encoded body is decoded in pieces of any size, and also if the wrapper of deflate is missing."""
    reading = Reading(coding)
    reading.receive(*(coded[start : start + size] for start in range(0, len(coded), size)))
    reading.end()
    assert result_of(reading.body.read) == TEXT


def test_what_follows_the_end_of_a_coding() -> None:
    """Trailing data after the encoded body is ignored, as in a browser."""
    reading = Reading("gzip")
    reading.receive(CODED["gzip"] + b"rubbish", b"more of it")
    reading.end()
    assert result_of(reading.body.read) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_nothing_at_all(coding: str) -> None:
    """An empty body is valid in any coding."""
    reading = Reading(coding)
    reading.end()
    assert result_of(reading.body.read) == b""


@pytest.mark.parametrize("coded", [b"<html>", CODED["gzip"][:20] + b"\xff" * 20, CODED["gzip"][:-8] + b"\0" * 8])
def test_a_corrupt_coding(coded: bytes) -> None:
    """Corrupt encoded data is a BadResponse, not an empty body."""
    reading = Reading("gzip")
    reading.receive(coded, b"more of it")
    error = failure_of(reading.body.read, BadResponse)
    assert error.error == "the web server of the page answers with a corrupt encoding"
    assert isinstance(error.__cause__, zlib.error)
    assert reading.aborted == 1


@pytest.mark.parametrize(("coding", "coded"), [("gzip", CODED["gzip"]), ("deflate", CODED["deflate"])])
def test_a_coding_that_breaks_off(coding: str, coded: bytes) -> None:
    """Encoded data that ends early is a BadResponse."""
    reading = Reading(coding)
    reading.receive(coded[:-5])
    reading.end()
    assert failure_of(reading.body.read, BadResponse).error.endswith("answers with a truncated encoding")


@pytest.mark.parametrize("codings", [["br"], ["gzip, gzip"], ["gzip", "deflate"], ["gzip;q=1"], ["identity, gzip"]])
def test_codings_that_were_not_asked_for(codings: list[str]) -> None:
    """A coding that was not requested, or more than one, is refused before anything is decoded."""
    with pytest.raises(BadResponse, match="answers in an encoding that was not requested"):
        make_decoder(codings)


@pytest.mark.parametrize(("size", "truncated"), [(0, False), (MAX_BODY, False), (MAX_BODY + 1, True)])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_how_much_is_read(size: int, truncated: bool, coding: str) -> None:
    """At most the first MiB of a page is read."""
    reading = Reading(coding)
    body = b"x" * size
    reading.receive(gzip.compress(body) if coding == "gzip" else body)
    reading.end()
    assert (len(result_of(reading.body.read)), reading.body.truncated) == (min(size, MAX_BODY), truncated)
    assert reading.aborted == int(truncated)


def test_a_bomb() -> None:
    """A decompression bomb is decoded only up to the first MiB."""
    reading = Reading("gzip")
    made: list[int] = []
    decode = reading.body.decoder.decode

    class Counting(Identity):
        """A decoder that counts the bytes it returns."""

        def decode(self, data: bytes, most: int) -> bytes:
            decoded = decode(data, most)
            made.append(len(decoded))
            return decoded

    reading.body.decoder = Counting()
    reading.receive(*[gzip.compress(b"\0" * 64 * MAX_BODY)] * 3)
    assert made == [MAX_BODY + 1]
    assert len(result_of(reading.body.read)) == MAX_BODY
    assert reading.aborted == 1


def test_enough() -> None:
    """When the body so far is enough, it is delivered and the connection is closed."""
    reading = Reading(enough=lambda data: b"</title>" in data)
    reading.receive(b"<title>Build", b"bot</title>", b"<p>never read")
    assert result_of(reading.body.read) == b"<title>Buildbot</title>"
    assert (reading.body.truncated, reading.aborted) == (True, 1)
    reading.end(ConnectionLost())


def test_enough_before_there_is_anything() -> None:
    """Reading can stop before any byte of the body has arrived."""
    reading = Reading(enough=lambda _: True)
    reading.body.look()
    assert (result_of(reading.body.read), reading.body.truncated, reading.aborted) == (b"", True, 1)


def test_at_most_one_look_a_turn() -> None:
    """All pieces that arrive in one turn are looked at together, in the next turn."""
    reading = Reading()
    for _ in range(1000):
        reading.body.dataReceived(b"x")
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
    reading = Reading(enough=lambda data: data.endswith(b"</title>"))
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
    assert (result_of(reading.body.read), reading.aborted) == (b"<p>", 0)


def test_a_broken_connection() -> None:
    """A lost connection fails the body."""
    reading = Reading()
    reading.receive(b"<p>")
    reading.end(ConnectionLost())
    failure_of(reading.body.read, ConnectionLost)


def test_cancelling() -> None:
    """Cancelling the body aborts the connection."""
    reading = Reading()
    reading.receive(b"<p>")
    reading.body.read.cancel()
    assert reading.aborted == 1
    assert reading.clock.getDelayedCalls() == []
    failure_of(reading.body.read, CancelledError)
    reading.receive(b"late")
    reading.end(ConnectionLost())
    assert outcomes_of(reading.body.read) == [None]
