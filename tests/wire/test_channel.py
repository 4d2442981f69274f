"""HTTP connections: responses in order, deadlines that bytes do not extend, and a graceful close by either side."""

import pytest

from service.wire.channel import PIPELINE_BATCH
from tests.wire.corpus import GOOD, get, post
from tests.wire.wires import Wire

WAIT = get(b"GET /wait HTTP/1.1")


def trickle(wire: Wire, data: bytes, seconds: int) -> None:
    """Send one byte per second."""
    for second in range(seconds):
        wire.clock.advance(1)
        wire.send(data[second : second + 1])


def test_answers_in_order() -> None:
    """Responses are sent in the order of the requests, even if a later one is ready first."""
    wire = Wire()
    wire.send(WAIT + GOOD + get(b"GET /nope HTTP/1.1"))
    assert wire.answers() == []
    wire.application.waiting.pop().callback(b"late")
    assert [(answer.status, answer.body[:4]) for answer in wire.answers()] == [
        (200, b"late"),
        (200, b'{"me'),
        (404, b'{"st'),
    ]
    assert wire.open


def test_taking_turns() -> None:
    """Pipelined requests are answered in batches, so that other connections get a turn."""
    wire = Wire()
    wire.send(GOOD * (2 * PIPELINE_BATCH + 1))
    wire.send(GOOD)
    answered = [len(wire.answers())]
    wire.clock.callLater(0, lambda: answered.append(len(wire.answers())))
    wire.clock.advance(0)
    assert answered == [PIPELINE_BATCH, 2 * PIPELINE_BATCH]
    assert [answer.status for answer in wire.answers()] == [200] * (2 * PIPELINE_BATCH + 2)


def test_a_batch_that_ends_with_a_wait() -> None:
    """A batch whose last request is still pending is followed by its response, and then by the next batch."""
    wire = Wire()
    wire.send(GOOD * (PIPELINE_BATCH - 1) + WAIT + GOOD)
    wire.clock.advance(0)
    assert len(wire.answers()) == PIPELINE_BATCH - 1
    wire.application.waiting.pop().callback(b"late")
    assert [answer.status for answer in wire.answers()] == [200] * (PIPELINE_BATCH + 1)


def test_leaving_between_turns() -> None:
    """A client that disconnects between two batches gets no further responses."""
    wire = Wire()
    wire.send(GOOD * (PIPELINE_BATCH + 1))
    wire.leave()
    wire.clock.advance(0)
    assert len(wire.answers()) == PIPELINE_BATCH
    assert len(wire.application.requests) == PIPELINE_BATCH


def test_saying_goodbye_between_turns() -> None:
    """A client that closes its side between two batches still gets every response."""
    wire = Wire()
    wire.send(GOOD * (PIPELINE_BATCH + 1))
    wire.channel.readConnectionLost()
    wire.clock.advance(0)
    assert len(wire.answers()) == PIPELINE_BATCH + 1
    assert not wire.open


def test_closing_between_turns() -> None:
    """A connection that is asked to close between two batches is closed after the next response."""
    wire = Wire()
    wire.send(GOOD * (PIPELINE_BATCH + 2))
    wire.channel.close()
    wire.clock.advance(0)
    *others, last = wire.answers()
    assert (len(others), last.header("Connection")) == (PIPELINE_BATCH, "close")
    assert not wire.open


def test_too_much_at_once() -> None:
    """Pipelined requests wait up to a limit; beyond it, those that wait are answered, then a 503 is sent."""
    wire = Wire(pipelined=3 * len(GOOD))
    wire.send(WAIT, GOOD * 3, GOOD, GOOD)
    wire.application.waiting.pop().callback(b"late")
    *others, last = wire.answers()
    assert [answer.status for answer in others] == [200] * 5
    assert (last.status, last.json["code"]) == (503, "too_much_at_once")
    assert not wire.open


def test_idle() -> None:
    """A connection without a request is closed after 15 seconds, without a response."""
    wire = Wire()
    wire.clock.advance(14.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert not wire.transport.connected
    assert wire.answers() == []


def test_idle_after_an_answer() -> None:
    """After each response, the client has 15 seconds for the next request."""
    wire = Wire()
    for _ in range(3):
        wire.clock.advance(14.5)
        wire.send(GOOD)
    wire.clock.advance(14.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert not wire.transport.connected
    assert len(wire.answers()) == 3


def test_empty_lines_are_no_request() -> None:
    """Empty lines before a request do not keep a connection alive."""
    wire = Wire()
    trickle(wire, b"\r\n" * 10, 16)
    assert not wire.transport.connected
    assert wire.answers() == []


@pytest.mark.parametrize("data", [b"G", b"GET /echo HTTP/1.1\r\n", GOOD[:-2], b"\r\n\r\nGET"])
def test_a_head_that_does_not_come(data: bytes) -> None:
    """A request whose headers are incomplete after 10 seconds gets a 408."""
    wire = Wire()
    wire.clock.advance(5)
    wire.send(data)
    wire.clock.advance(9.5)
    assert wire.answers() == []
    wire.clock.advance(0.5)
    [answer] = wire.answers()
    assert (answer.status, answer.json["code"]) == (408, "request_timeout")
    assert answer.header("Connection") == "close"
    assert not wire.open


def test_a_head_that_trickles() -> None:
    """A trickle of bytes does not extend the deadline for the headers."""
    wire = Wire()
    trickle(wire, GOOD, 12)
    assert [answer.status for answer in wire.answers()] == [408]


@pytest.mark.parametrize(
    "request_", [post(b"Content-Length: 1000"), post(b"Transfer-Encoding: chunked", body=b"fff\r\n")]
)
def test_a_body_that_trickles(request_: bytes) -> None:
    """A trickle of bytes does not extend the deadline for the body, which is 30 seconds."""
    wire = Wire()
    wire.send(request_)
    trickle(wire, b"a" * 29, 29)
    assert wire.answers() == []
    trickle(wire, b"a", 1)
    assert [answer.status for answer in wire.answers()] == [408]


def test_the_time_of_an_answer_does_not_count() -> None:
    """No deadline runs while a response is being made; a request that waits behind it has its full time afterwards."""
    wire = Wire()
    wire.send(WAIT + b"GET")
    wire.clock.advance(1000)
    wire.application.waiting.pop().callback(b"late")
    wire.clock.advance(9.5)
    assert [answer.status for answer in wire.answers()] == [200]
    wire.clock.advance(0.5)
    assert [answer.status for answer in wire.answers()] == [200, 408]


def test_lingering() -> None:
    """After a refusal, the connection lingers and ignores input until the client closes it or 2 seconds have passed."""
    wire = Wire()
    wire.send(b"nonsense\r\n", GOOD)
    assert [answer.status for answer in wire.answers()] == [400]
    assert (wire.transport.write_closed, wire.transport.connected) == (True, True)
    wire.clock.advance(1.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert (wire.transport.connected, wire.transport.aborted) == (False, False)


def test_a_last_answer_that_is_read_slowly() -> None:
    """Lingering begins once everything is written; a client that reads nothing for 30 seconds is disconnected."""
    wire = Wire()
    wire.transport.slow = True
    wire.send(b"nonsense\r\n")
    wire.clock.advance(29.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert wire.transport.aborted


def test_the_end_of_lingering() -> None:
    """Lingering ends when the client closes its side."""
    wire = Wire()
    wire.send(b"nonsense\r\n")
    wire.channel.readConnectionLost()
    assert (wire.transport.connected, wire.transport.aborted) == (False, False)


def test_a_client_that_does_not_read() -> None:
    """A client that does not read for 30 seconds is disconnected, and its request is cancelled."""
    wire = Wire()
    wire.transport.full = True
    wire.send(get(b"GET /stream HTTP/1.1"))
    wire.clock.advance(29.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert wire.transport.aborted
    assert wire.application.cancelled == 1


def test_a_client_that_reads_slowly() -> None:
    """A client that reads slowly is not disconnected."""
    wire = Wire()
    wire.transport.full = True
    wire.send(get(b"GET /stream HTTP/1.1"))
    for _ in range(5):
        wire.clock.advance(20)
        wire.transport.producer.resumeProducing()
        wire.application.requests[0].write(b"more")
    assert wire.transport.connected
    wire.leave()


def test_answers_that_nobody_reads() -> None:
    """While a client does not read, its further requests are not handled, so that responses cannot fill the memory."""
    wire = Wire(pipelined=3 * len(GOOD))
    wire.transport.full = True
    wire.send(GOOD * 2)
    wire.send(GOOD)
    assert len(wire.answers()) == 1
    wire.transport.producer.resumeProducing()
    assert len(wire.answers()) == 2
    wire.transport.full = False
    wire.transport.producer.resumeProducing()
    assert len(wire.answers()) == 3
    wire.channel.readConnectionLost()
    assert not wire.transport.connected


def test_too_many_requests_behind_answers_that_nobody_reads() -> None:
    """Requests that wait because the client does not read are subject to the limit on pipelined requests."""
    wire = Wire(pipelined=3 * len(GOOD))
    wire.transport.full = True
    wire.send(GOOD * 5, GOOD, GOOD)
    wire.transport.full = False
    wire.transport.producer.resumeProducing()
    assert [answer.status for answer in wire.answers()] == [200] * 6 + [503]


def test_a_goodbye_while_nobody_reads() -> None:
    """A client that closes its side while it does not read stays connected until it has read everything."""
    wire = Wire()
    wire.transport.full = True
    wire.send(GOOD * 2)
    wire.channel.readConnectionLost()
    assert wire.transport.connected
    wire.transport.full = False
    wire.transport.producer.resumeProducing()
    assert (len(wire.answers()), wire.transport.connected) == (2, False)


def test_the_time_of_reading_does_not_count() -> None:
    """The time that a client takes to read does not count as idle time."""
    wire = Wire()
    wire.transport.full = True
    wire.send(GOOD)
    wire.clock.advance(20)
    wire.transport.producer.resumeProducing()
    wire.clock.advance(14.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert (wire.transport.connected, wire.transport.aborted) == (False, False)


def test_reading_again_within_an_answer() -> None:
    """After a client reads again, no deadline runs until the response is complete."""
    wire = Wire()
    wire.transport.full = True
    wire.send(get(b"GET /stream HTTP/1.1") + GOOD)
    wire.transport.producer.resumeProducing()
    wire.clock.advance(100)
    assert wire.transport.connected
    wire.leave()


def test_a_client_that_leaves() -> None:
    """A client that disconnects before the response cancels its request."""
    wire = Wire()
    wire.send(WAIT)
    wire.leave()
    assert wire.application.cancelled == 1
    assert wire.clock.getDelayedCalls() == []


def test_a_client_that_has_said_all() -> None:
    """A client that closes its side of the connection after a request still gets the response."""
    wire = Wire()
    wire.send(WAIT)
    wire.channel.readConnectionLost()
    wire.application.waiting.pop().callback(b"late")
    assert [answer.body for answer in wire.answers()] == [b"late"]
    assert not wire.transport.connected


def test_whether_anybody_is_there() -> None:
    """Interim responses probe whether a client that has closed its side is still there."""
    wire = Wire()
    wire.send(WAIT)
    wire.channel.readConnectionLost()
    assert wire.transport.value() == b""
    wire.clock.pump([0.5] * 2)
    assert [(answer.version, answer.status) for answer in wire.answers()] == [("HTTP/1.1", 102)] * 2
    wire.application.waiting.pop().callback(b"late")
    assert [answer.status for answer in wire.answers()] == [102, 102, 200]


@pytest.mark.parametrize("line", [b"GET /wait HTTP/1.0", b"GET /stream HTTP/1.1"])
def test_where_nothing_can_be_asked(line: bytes) -> None:
    """Interim responses are not sent to HTTP/1.0 clients, or once the response has begun."""
    wire = Wire()
    wire.send(get(line))
    wire.channel.readConnectionLost()
    written = wire.transport.value()
    wire.clock.pump([0.5] * 2)
    assert wire.transport.value() == written
    wire.leave()


def test_half_a_request() -> None:
    """A client that closes its side in the middle of a request gets a 400."""
    wire = Wire()
    wire.send(GOOD[:-2])
    wire.channel.readConnectionLost()
    [answer] = wire.answers()
    assert (answer.status, answer.json["code"]) == (400, "incomplete_request")
    assert not wire.transport.connected


def test_half_a_request_behind_another() -> None:
    """An incomplete request gets a 400 also behind a pending response or a full batch."""
    for before in (WAIT, GOOD * PIPELINE_BATCH):
        wire = Wire()
        wire.send(before + GOOD[:-2])
        wire.channel.readConnectionLost()
        for waiting in wire.application.waiting:
            waiting.callback(b"late")
        wire.clock.advance(0)
        assert wire.answers()[-1].json["code"] == "incomplete_request"
        assert not wire.transport.connected


def test_no_request() -> None:
    """A client that closes its side without a request is disconnected."""
    wire = Wire()
    wire.channel.readConnectionLost()
    assert (wire.answers(), wire.transport.connected) == ([], False)


def test_closing() -> None:
    """Closing ends an idle connection immediately, and others after a response with ``Connection: close``."""
    idle, busy, coming = Wire(), Wire(), Wire()
    idle.send(GOOD)
    busy.send(WAIT)
    coming.send(GOOD[:-1])
    for wire in (idle, busy, coming):
        wire.channel.close()
    assert [wire.transport.connected for wire in (idle, busy, coming)] == [False, True, True]
    busy.application.waiting.pop().callback(b"late")
    coming.send(b"\n")
    for wire in (busy, coming):
        [answer] = wire.answers()
        assert (answer.status, answer.header("Connection"), wire.open) == (200, "close", False)
        wire.channel.close()


def test_closing_before_the_first_request() -> None:
    """Closing gives a new connection one second for its first request."""
    late, silent = Wire(), Wire()
    for wire in (late, silent):
        wire.channel.close()
        wire.clock.advance(0.5)
        assert wire.transport.connected
    assert late.ask(GOOD).header("Connection") == "close"
    silent.clock.advance(0.5)
    assert not silent.transport.connected


def test_closing_behind_a_stream() -> None:
    """If a stream has begun without ``Connection: close``, the next response has that header."""
    asking, silent = Wire(), Wire()
    for wire in (asking, silent):
        wire.send(get(b"GET /stream HTTP/1.1"))
        wire.channel.close()
    asking.send(GOOD)
    for wire in (asking, silent):
        wire.application.waiting.pop().callback(b"last")
    assert [answer.header("Connection") for answer in asking.answers()] == [None, "close"]
    assert not asking.open
    assert not silent.transport.connected


def test_closing_after_a_turn() -> None:
    """Closing after a full batch ends the connection once other connections have had their turn."""
    wire = Wire()
    wire.send(GOOD * PIPELINE_BATCH)
    wire.channel.close()
    wire.clock.advance(0)
    assert not wire.transport.connected


def test_giving_up() -> None:
    """On shutdown, a client whose request is incomplete gets a 408; other connections are left alone."""
    coming, idle, busy = Wire(), Wire(), Wire()
    coming.send(GOOD[:-1])
    busy.send(WAIT + GOOD[:-1])
    for wire in (coming, idle, busy):
        wire.channel.abandon_partial()
        wire.channel.abandon_partial()
    assert [[answer.status for answer in wire.answers()] for wire in (coming, idle, busy)] == [[408], [], []]
    busy.leave()


def test_an_expectation() -> None:
    """With ``Expect: 100-continue``, the final response is sent immediately, without waiting for the body."""
    wire = Wire()
    answer = wire.ask(post(b"Content-Length: 5", b"Expect: 100-continue"))
    assert (answer.status, answer.header("Connection")) == (200, "close")
    assert not wire.open
