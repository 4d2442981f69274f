"""Stress tests of the service: ``python -m tests.bench.siege corpus|mutations|trickle|drain|rolling``.

The client side uses asyncio, so that it shares no HTTP code with the service, which runs in its own process.
"""

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from itertools import pairwise

from tests.bench.answers import take_apart
from tests.bench.service import PROBE, besieged, percentile, time_requests
from tests.client import Turns
from tests.wire.corpus import CORPUS
from tests.wire.mutations import mutate
from tests.wire.test_corpus import WAYS

SLOW = b"GET /contacts?username=dustin~slow=2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
TRICKLING = 2000
AT_ONCE = 50


async def assail(requests: dict[str, list[list[bytes]]]) -> None:
    """Send each request in each of its ways, 50 at the same time, and count wrong responses."""
    statuses: Counter[int] = Counter()
    wrong: Counter[str] = Counter()
    async with besieged() as service:
        idle = await time_requests(service, Turns(100))
        done = False
        timing = asyncio.create_task(time_requests(service, lambda: done))
        queue = list(requests.items())

        async def work() -> None:
            while queue:
                name, ways = queue.pop()
                answers = [await service.ask(*pieces) for pieces in ways]
                statuses.update(answer.status for answer in answers[0])
                found = {
                    "depends on how it is sent": any(other != answers[0] for other in answers),
                    "no response": not answers[0] and b"".join(ways[0]).strip(b"\r\n"),
                    "not JSON": not all(answer.is_json for answer in answers[0]),
                    "5xx": any(answer.blames_us for answer in answers[0]),
                }
                wrong.update(what for what, is_so in found.items() if is_so)
                if any(found.values()):
                    print(name, found, ways[0][0][:200], [other.status for other in answers[0]])

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        done = True
        busy = await timing
        print(f"requests: {len(requests)}; statuses: {dict(statuses.most_common())}; wrong: {dict(wrong)}")
        print(f"other requests, ms: p99 {percentile(busy, 0.99):.1f}, max {percentile(busy, 1):.1f}; ", end="")
        print(f"idle: p99 {percentile(idle, 0.99):.1f}, max {percentile(idle, 1):.1f}")


async def corpus() -> None:
    """Send the corpus of hostile requests, in five ways each."""
    await assail({name: [list(cut(request)) for cut in WAYS.values()] for name, (request, _) in CORPUS.items()})


async def mutations() -> None:
    """Send 20,000 mutations of valid requests, whole and in random pieces."""
    await assail({str(number): [[request], pieces_of(request, number)] for number, request in map_numbers()})


def map_numbers() -> list[tuple[int, bytes]]:
    """Make all mutations, with their numbers."""
    return [(number, mutate(number)) for number in range(20_000)]


def pieces_of(request: bytes, number: int) -> list[bytes]:
    """Cut a request into random pieces."""
    cuts = sorted(random.Random(number).choices(range(len(request) + 1), k=5))
    return [request[start:end] for start, end in pairwise([0, *cuts, len(request)])]


async def trickle() -> None:
    """Have 2,000 connections send a byte a second; measure their response times and those of other requests."""
    async with besieged() as service:
        idle = await time_requests(service, Turns(500))
        before = service.memory
        # In another process, so that the client's own cost does not distort the measurement.
        many = await asyncio.create_subprocess_exec(sys.executable, "-m", __spec__.name, "dribble", str(service.port))
        await asyncio.sleep(3)
        during = service.memory
        busy = await time_requests(service, lambda: many.returncode is not None)
        await asyncio.sleep(3)
        print(f"a fresh request, ms: idle p50 {percentile(idle, 0.5):.2f} p99 {percentile(idle, 0.99):.2f}; ", end="")
        print(f"under load p50 {percentile(busy, 0.5):.2f} p99 {percentile(busy, 0.99):.2f}")
        print(f"memory, MiB: before {before:.0f}, during {during:.0f}, after {service.memory:.0f}")


async def dribble(port: int) -> None:
    """Send a byte a second on each of 2,000 connections until all have a response."""
    ended: list[tuple[float, int]] = []

    async def send_slowly(number: int) -> None:
        await asyncio.sleep(number / TRICKLING)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        begun = time.perf_counter()
        answer = asyncio.create_task(reader.read(-1))
        for byte in PROBE:
            writer.write(bytes([byte]))
            await asyncio.wait([answer], timeout=1)
            if answer.done():
                break
        ended.extend((time.perf_counter() - begun, a.status) for a in take_apart(await answer, PROBE))
        writer.close()

    await asyncio.gather(*map(send_slowly, range(TRICKLING)))
    seconds = [at for at, _ in ended]
    print(f"answered: {dict(Counter(status for _, status in ended))} of {TRICKLING}, ", end="")
    print(f"after {min(seconds):.1f} to {max(seconds):.1f} s")


async def drain() -> None:
    """Send SIGTERM with 40 requests in flight, and count the responses."""
    async with besieged() as service:
        asked = [asyncio.create_task(service.ask(SLOW, half_close=False)) for _ in range(40)]
        await asyncio.sleep(1)
        begun = time.perf_counter()
        service.process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*asked)
        code = await service.process.wait()
        print(f"responses: {dict(Counter(answer.status for [answer] in answers))}; ", end="")
        print(f"stopped with code {code} after {time.perf_counter() - begun:.2f} s")


async def rolling() -> None:
    """Send 200 requests a second, 10,000 in all, to two workers that SIGHUP replaces twice meanwhile."""
    answers: Counter[int] = Counter()
    async with besieged("--processes", "2") as service:

        async def ask(number: int) -> None:
            await asyncio.sleep(number / 200)
            answered = await service.ask(PROBE, half_close=False)
            answers[answered[0].status if answered else 0] += 1

        async def hang_up() -> None:
            for _ in range(2):
                await asyncio.sleep(15)
                service.process.send_signal(signal.SIGHUP)

        lost = await asyncio.gather(hang_up(), *map(ask, range(10_000)), return_exceptions=True)
        print(f"responses: {dict(answers)}; errors: {dict(Counter(map(repr, filter(None, lost))))}")


SIEGES: dict[str, Callable[[], Coroutine[None, None, None]]] = {
    "corpus": corpus,
    "mutations": mutations,
    "trickle": trickle,
    "drain": drain,
    "rolling": rolling,
}

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["dribble", port]:
            asyncio.run(dribble(int(port)))
        case names:
            for chosen in names or SIEGES:
                print(f"{chosen}: {SIEGES[chosen].__doc__}")
                asyncio.run(SIEGES[chosen]())
