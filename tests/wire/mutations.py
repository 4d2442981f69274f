"""Mutations of valid requests, reproducible by number."""

import random

from tests.wire.corpus import CHUNKED, GOOD, get, post

#: Header fields of a typical browser.
BROWSER = [
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0",
    b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    b"Accept-Encoding: gzip, deflate, br, zstd",
    b"Accept-Language: de-DE,de;q=0.9,en;q=0.8",
    b"Referer: http://127.0.0.1:8080/lessons?a=b",
]
VALID = [
    GOOD,
    get(b"GET /contacts?username=zo%C3%AB HTTP/1.1", *BROWSER, b"Connection: keep-alive"),
    get(b"GET /echo HTTP/1.1", *BROWSER) + post(*BROWSER, b"Content-Length: 5", body=b"hello"),
    post(*BROWSER, CHUNKED, body=b"5\r\nhello\r\n" * 40 + b"0\r\nX-Sum: 7\r\n\r\n"),
    post(*BROWSER, b"Content-Length: 1000", body=b"hello" * 200) + GOOD,
    GOOD + GOOD,
    get(b"GET /contacts?username=dustin HTTP/1.1", b"Accept: */*", b"Connection: keep-alive"),
    get(b"GET /users?username=dustin&username=karl HTTP/1.1", b"User-Agent: x", b"Cookie: a=b; c=d"),
    get(b"GET http://example.org/livez HTTP/1.1"),
    get(b"OPTIONS * HTTP/1.1") + GOOD,
    get(b"GET /livez HTTP/1.0", b"Connection: keep-alive"),
    get(b"GET /nope%20/%c3%ab HTTP/1.1", b"Accept-Language: de, en;q=0.5"),
    post(b"Content-Length: 5", body=b"hello") + GOOD,
    post(CHUNKED, body=b"5\r\nhello\r\n0\r\n\r\n") + GOOD,
    post(CHUNKED, body=b"5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n"),
    post(b"Content-Length: 5", b"Expect: 100-continue", body=b"hello"),
]
#: Fragments that parsers are known to mishandle.
STUMBLING_BLOCKS = [
    *(b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\0", b" ", b"\t", b":", b",", b";", b"\xff", b"\x80", b"\x0b", b"%", b"#"),
    *(b"Content-Length: 5\r\n", b"Content-Length: 0", b"Transfer-Encoding: chunked\r\n", b"Host: y\r\n", b"chunked"),
    *(b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b"0\r\n\r\n", b"ffffffffffffffff", b"-1", b"+1", b"0x5", b"99999999999"),
    *(b"Connection: close\r\n", b"Expect: 100-continue\r\n", b"a" * 9000, b"\r\n X", b"Upgrade: h2c\r\n", b"//", b"*"),
]


def mutate(number: int) -> bytes:
    """Build the mutated request with this number; it is the same every time."""
    chance = random.Random(number)
    data = bytearray(chance.choice(VALID))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        end = min(end, at + 20)
        match chance.randrange(7):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                data[at:at] = chance.choice(STUMBLING_BLOCKS)
            case 2:
                block = chance.choice(STUMBLING_BLOCKS)
                data[at : at + len(block)] = block
            case 3:
                del data[at:end]
            case 4:
                data[at:at] = data[at:end]
            case 5:
                data[at:end] = data[at:end].swapcase()
            case _:
                data[at:end] = reversed(data[at:end])
    return bytes(data)
