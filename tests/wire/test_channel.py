"""A connection: requests in order, deadlines that bytes do not extend, and an end in good order from either side."""

import pytest

from service.wire.channel import PIPELINE_BATCH
from tests.wire.corpus import GOOD, get, post
from tests.wire.wires import Wire

WAIT = get(b"GET /wait HTTP/1.1")


def trickle(wire: Wire, data: bytes, seconds: int) -> None:
    """Send a byte a second."""
    for second in range(seconds):
        wire.clock.advance(1)
        wire.send(data[second : second + 1])


def test_answers_in_order() -> None:
    """What was asked later is answered later, even if it is ready at once."""
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
    """Many requests at once are answered a few at a time, so that others get a turn; all are answered in the end."""
    wire = Wire()
    wire.send(GOOD * (2 * PIPELINE_BATCH + 1))
    wire.send(GOOD)
    answered = [len(wire.answers())]
    wire.clock.callLater(0, lambda: answered.append(len(wire.answers())))
    wire.clock.advance(0)
    assert answered == [PIPELINE_BATCH, 2 * PIPELINE_BATCH]
    assert [answer.status for answer in wire.answers()] == [200] * (2 * PIPELINE_BATCH + 2)


def test_leaving_between_turns() -> None:
    """A client that leaves while others have their turn is not answered any more."""
    wire = Wire()
    wire.send(GOOD * (PIPELINE_BATCH + 1))
    wire.leave()
    wire.clock.advance(0)
    assert len(wire.answers()) == PIPELINE_BATCH
    assert len(wire.application.requests) == PIPELINE_BATCH


def test_saying_goodbye_between_turns() -> None:
    """A client that has said all that it will while others have their turn is answered to the end."""
    wire = Wire()
    wire.send(GOOD * (PIPELINE_BATCH + 1))
    wire.channel.readConnectionLost()
    wire.clock.advance(0)
    assert len(wire.answers()) == PIPELINE_BATCH + 1
    assert not wire.open


def test_closing_between_turns() -> None:
    """A connection that is to be closed while others have their turn is closed after the next answer."""
    wire = Wire()
    wire.send(GOOD * (PIPELINE_BATCH + 2))
    wire.channel.close()
    wire.clock.advance(0)
    *others, last = wire.answers()
    assert (len(others), last.header("Connection")) == (PIPELINE_BATCH, "close")
    assert not wire.open


def test_too_much_at_once() -> None:
    """What comes while an answer is not ready waits, up to a limit; beyond it, what waits is answered, and then 503."""
    wire = Wire(pipelined=3 * len(GOOD))
    wire.send(WAIT, GOOD * 3, GOOD, GOOD)
    wire.application.waiting.pop().callback(b"late")
    *others, last = wire.answers()
    assert [answer.status for answer in others] == [200] * 5
    assert (last.status, last.json["code"]) == (503, "too_much_at_once")
    assert not wire.open


def test_idle() -> None:
    """A connection on which nothing is asked is closed after 15 seconds; without a request there is no answer."""
    wire = Wire()
    wire.clock.advance(14.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert not wire.transport.connected
    assert wire.answers() == []


def test_idle_after_an_answer() -> None:
    """After each answer there are 15 seconds for the next request."""
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
    """A request line and headers that are not there after 10 seconds are answered 408."""
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
    """Bytes do not extend the deadline of the head."""
    wire = Wire()
    trickle(wire, GOOD, 12)
    assert [answer.status for answer in wire.answers()] == [408]


@pytest.mark.parametrize(
    "request_", [post(b"Content-Length: 1000"), post(b"Transfer-Encoding: chunked", body=b"fff\r\n")]
)
def test_a_body_that_trickles(request_: bytes) -> None:
    """Nor that of the body, which is 30 seconds."""
    wire = Wire()
    wire.send(request_)
    trickle(wire, b"a" * 29, 29)
    assert wire.answers() == []
    trickle(wire, b"a", 1)
    assert [answer.status for answer in wire.answers()] == [408]


def test_the_time_of_an_answer_does_not_count() -> None:
    """While an answer is being made there is no deadline here; what waited has all its time afterwards."""
    wire = Wire()
    wire.send(WAIT + b"GET")
    wire.clock.advance(1000)
    wire.application.waiting.pop().callback(b"late")
    wire.clock.advance(9.5)
    assert [answer.status for answer in wire.answers()] == [200]
    wire.clock.advance(0.5)
    assert [answer.status for answer in wire.answers()] == [200, 408]


def test_lingering() -> None:
    """After a refusal the channel listens on, heeding nothing, until the client hangs up or 2 seconds have passed."""
    wire = Wire()
    wire.send(b"nonsense\r\n", GOOD)
    assert [answer.status for answer in wire.answers()] == [400]
    assert (wire.transport.write_closed, wire.transport.connected) == (True, True)
    wire.clock.advance(1.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert (wire.transport.connected, wire.transport.aborted) == (False, False)


def test_a_last_answer_that_is_read_slowly() -> None:
    """The time for lingering begins when all is written; a client that takes nothing for 30 seconds is cut off."""
    wire = Wire()
    wire.transport.slow = True
    wire.send(b"nonsense\r\n")
    wire.clock.advance(29.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert wire.transport.aborted


def test_the_end_of_lingering() -> None:
    """When the client hangs up, so does the channel."""
    wire = Wire()
    wire.send(b"nonsense\r\n")
    wire.channel.readConnectionLost()
    assert (wire.transport.connected, wire.transport.aborted) == (False, False)


def test_a_client_that_does_not_read() -> None:
    """A client that has not read for 30 seconds is cut off, and what it asked for is cancelled."""
    wire = Wire()
    wire.transport.full = True
    wire.send(get(b"GET /stream HTTP/1.1"))
    wire.clock.advance(29.5)
    assert wire.transport.connected
    wire.clock.advance(0.5)
    assert wire.transport.aborted
    assert wire.application.cancelled == 1


def test_a_client_that_reads_slowly() -> None:
    """A client that reads now and then is none that does not read."""
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
    """While a client does not read, none of its further requests is begun: its answers cannot fill the memory."""
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
    """They wait up to the limit for requests that wait, like any others."""
    wire = Wire(pipelined=3 * len(GOOD))
    wire.transport.full = True
    wire.send(GOOD * 5, GOOD, GOOD)
    wire.transport.full = False
    wire.transport.producer.resumeProducing()
    assert [answer.status for answer in wire.answers()] == [200] * 6 + [503]


def test_a_goodbye_while_nobody_reads() -> None:
    """A client that says goodbye while it does not read is not hung up on before it has read."""
    wire = Wire()
    wire.transport.full = True
    wire.send(GOOD * 2)
    wire.channel.readConnectionLost()
    assert wire.transport.connected
    wire.transport.full = False
    wire.transport.producer.resumeProducing()
    assert (len(wire.answers()), wire.transport.connected) == (2, False)


def test_the_time_of_reading_does_not_count() -> None:
    """A client that takes its time to read is not idle meanwhile, and has all its time afterwards."""
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
    """A client that reads again before the answer is complete waits for the rest of it, however long that takes."""
    wire = Wire()
    wire.transport.full = True
    wire.send(get(b"GET /stream HTTP/1.1") + GOOD)
    wire.transport.producer.resumeProducing()
    wire.clock.advance(100)
    assert wire.transport.connected
    wire.leave()


def test_a_client_that_leaves() -> None:
    """Whoever leaves before the answer cancels what would have made it."""
    wire = Wire()
    wire.send(WAIT)
    wire.leave()
    assert wire.application.cancelled == 1
    assert wire.clock.getDelayedCalls() == []


def test_a_client_that_has_said_all() -> None:
    """A client that closes its half of the connection after a request gets its answer."""
    wire = Wire()
    wire.send(WAIT)
    wire.channel.readConnectionLost()
    wire.application.waiting.pop().callback(b"late")
    assert [answer.body for answer in wire.answers()] == [b"late"]
    assert not wire.transport.connected


def test_whether_anybody_is_there() -> None:
    """From a client that has closed its half one cannot tell whether it is there: interim answers find it out."""
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
    """HTTP/1.0 knows no interim answers, and within an answer there are none."""
    wire = Wire()
    wire.send(get(line))
    wire.channel.readConnectionLost()
    written = wire.transport.value()
    wire.clock.pump([0.5] * 2)
    assert wire.transport.value() == written
    wire.leave()


def test_half_a_request() -> None:
    """A client that closes its half within a request is told so."""
    wire = Wire()
    wire.send(GOOD[:-2])
    wire.channel.readConnectionLost()
    [answer] = wire.answers()
    assert (answer.status, answer.json["code"]) == (400, "incomplete_request")
    assert not wire.transport.connected


def test_half_a_request_behind_another() -> None:
    """Also if what it asked before had to be waited for, or others had a turn in between."""
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
    """A client that closes its half without a request is hung up on."""
    wire = Wire()
    wire.channel.readConnectionLost()
    assert (wire.answers(), wire.transport.connected) == ([], False)


def test_closing() -> None:
    """A connection that is to be closed is, at once if it is idle, else after the answer, which says so."""
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
    """A connection that was never asked anything may have a request under way: it has a second for it."""
    late, silent = Wire(), Wire()
    for wire in (late, silent):
        wire.channel.close()
        wire.clock.advance(0.5)
        assert wire.transport.connected
    assert late.ask(GOOD).header("Connection") == "close"
    silent.clock.advance(0.5)
    assert not silent.transport.connected


def test_closing_behind_a_stream() -> None:
    """Where a stream has begun, and did not say that the connection ends, the next answer says so."""
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
    """Where the last answer was given in a turn of its own, the connection ends after that turn."""
    wire = Wire()
    wire.send(GOOD * PIPELINE_BATCH)
    wire.channel.close()
    wire.clock.advance(0)
    assert not wire.transport.connected


def test_giving_up() -> None:
    """Who has not sent the rest of a request when the service has to stop is told so; others are left alone."""
    coming, idle, busy = Wire(), Wire(), Wire()
    coming.send(GOOD[:-1])
    busy.send(WAIT + GOOD[:-1])
    for wire in (coming, idle, busy):
        wire.channel.abandon_partial()
        wire.channel.abandon_partial()
    assert [[answer.status for answer in wire.answers()] for wire in (coming, idle, busy)] == [[408], [], []]
    busy.leave()


def test_an_expectation() -> None:
    """Nobody wants a body here: instead of 100 there is the answer at once, and the body is not waited for."""
    wire = Wire()
    answer = wire.ask(post(b"Content-Length: 5", b"Expect: 100-continue"))
    assert (answer.status, answer.header("Connection")) == (200, "close")
    assert not wire.open
