"""The corpus of hostile requests: the responses are in JSON, and do not depend on how the bytes are split."""

import random
from collections.abc import Callable, Iterator

import pytest

from tests.log import Log
from tests.wire.corpus import CORPUS
from tests.wire.wires import Answer, Wire


def in_pieces(request: bytes, most: int) -> Iterator[bytes]:
    """Cut a request into random pieces of at most ``most`` bytes, always the same ones."""
    chance = random.Random(request)
    while request:
        size = chance.randint(1, most)
        yield request[:size]
        request = request[size:]


def byte_by_byte(request: bytes) -> Iterator[bytes]:
    """Cut a request into single bytes; of a long one, only the two ends."""
    middle = request[2000:-2000]
    ends = (request[:2000], request[2000:][-2000:])
    yield from (ends[0][i : i + 1] for i in range(len(ends[0])))
    yield from ([middle] if middle else [])
    yield from (ends[1][i : i + 1] for i in range(len(ends[1])))


WAYS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "whole": lambda request: iter([request]),
    "line by line": lambda request: iter(request.splitlines(keepends=True)),
    "in small pieces": lambda request: in_pieces(request, 7),
    "in large pieces": lambda request: in_pieces(request, 300),
    "byte by byte": byte_by_byte,
}


@pytest.mark.parametrize("name", CORPUS)
def test_an_answer_to_every_byte(name: str, log: Log) -> None:
    """Each request gets the expected statuses, in JSON however it is split, and no error is logged."""
    request, statuses = CORPUS[name]
    answers = {way: ask(request, pieces) for way, pieces in WAYS.items()}
    assert answers == dict.fromkeys(WAYS, answers["whole"])
    assert tuple(answer.status for answer in answers["whole"]) == statuses
    for answer in answers["whole"]:
        assert answer.header("Date") == "Sun, 06 Nov 1994 08:49:37 GMT"
        if answer.body:
            assert answer.header("Content-Type") in ("application/json", "application/problem+json")
            refused = "code" in answer.json
            assert not refused or answer.header("Connection") == "close"
    assert not log.failures


def ask(request: bytes, pieces: Callable[[bytes], Iterator[bytes]]) -> list[Answer]:
    """Send a request in pieces, and return all responses."""
    wire = Wire()
    wire.send(*pieces(request))
    wire.clock.advance(0)
    answers = wire.answers(*methods_of(request))
    wire.leave()
    assert wire.clock.getDelayedCalls() == []
    return answers


def methods_of(request: bytes) -> list[str]:
    """Return the method if it is HEAD, whose response has no body."""
    return ["HEAD"] if request.startswith(b"HEAD ") else []
