"""A parser for streams of server-sent events (HTML standard, section 9.2)."""


def dechunked(body: bytes) -> bytes:
    """Join the chunks of a body that have arrived (RFC 9112, section 7.1)."""
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        whole += body[:length]
        body = body[length + 2 :]
    return whole


def events_of(stream: bytes) -> list[dict[str, str]]:
    """Parse the events of a stream, each as its fields; comments are skipped."""
    assert stream == b"" or stream.endswith(b"\n\n")
    blocks = [block.splitlines() for block in stream.decode().split("\n\n") if block]
    return [dict(line.split(": ", 1) for line in lines) for lines in blocks if lines != [":"]]
