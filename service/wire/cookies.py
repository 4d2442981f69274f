"""Cookies as RFC 6265 writes them."""

from collections.abc import Mapping

Text = bytes | str


def make_cookie(name: Text, value: Text, said: Mapping[str, Text | None], flags: Mapping[str, bool | None]) -> bytes:
    """Write a cookie with those of its attributes that have a value, and those of its flags that are on."""
    parts = [b"%b=%b" % (as_bytes(name), as_bytes(value))]
    parts += [b"%b=%b" % (as_bytes(name), as_bytes(value)) for name, value in said.items() if value is not None]
    return b"; ".join([*parts, *(as_bytes(flag) for flag, on in flags.items() if on)])


def as_bytes(text: Text) -> bytes:
    """Encode text as UTF-8; bytes are left as they are."""
    return text.encode() if isinstance(text, str) else text
