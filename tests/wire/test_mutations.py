"""Mutated requests: the responses are in JSON, and do not depend on how the bytes are split."""

import os
import random

import pytest

from tests.log import Log
from tests.wire.mutations import mutate
from tests.wire.wires import Answer, Wire

#: The number of mutations to try; more in CI, where a long run does not matter.
MUTATIONS = 20_000 if os.environ.get("CI") == "true" else 5_000
#: The mutations of each test.
RANGES = [range(start, start + 1000) for start in range(0, MUTATIONS, 1000)]
#: Server errors that a client causes: unsupported methods and versions, and too much pipelining.
OF_THE_CLIENT = (501, 503, 505)


def answers_to(wire: Wire, pieces: list[bytes]) -> list[Answer]:
    """Send pieces on a new connection, close its sending side, and return the responses."""
    connection = Wire(wire.factory)
    connection.send(*pieces)
    connection.channel.readConnectionLost()
    answers = connection.answers()
    connection.leave()
    return answers


@pytest.mark.parametrize("numbers", RANGES, ids=str)
def test_an_answer_to_every_mutation(numbers: range, log: Log) -> None:
    """Each request gets a response in JSON that does not blame the server, and no error is logged."""
    wire = Wire()
    for number in numbers:
        request = mutate(number)
        cuts = sorted(random.Random(number).choices(range(len(request) + 1), k=10))
        pieces = [request[start:end] for start, end in zip([0, *cuts], [*cuts, len(request)], strict=True)]
        answers = answers_to(wire, [request])
        assert answers == answers_to(wire, pieces), request
        assert answers or not request.strip(b"\r\n"), request
        for answer in answers:
            assert answer.status < 500 or answer.status in OF_THE_CLIENT, request
            assert answer.status == 204 or answer.json, request
    assert not log.failures
