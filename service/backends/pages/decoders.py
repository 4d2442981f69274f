"""Content codings (RFC 9110, section 8.4.1), decoded piece by piece and never beyond a limit."""

import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import brotlicffi
from attrs import define, field

from service.errors import BadResponse

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: The largest window that zstd may ask for: 8 MiB (RFC 9659).
ZSTD_WINDOW: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}


class Decoder(Protocol):
    """A decoder of a content coding; once ``corrupt``, it is not used again."""

    @property
    def corrupt(self) -> bool:
        """Whether the data was corrupt; ``decode`` has returned what came before."""

    @property
    def complete(self) -> bool:
        """Whether the data may end here."""

    def decode(self, data: bytes, most: int) -> bytes:
        """Decode a piece of the body, which is not empty, to at most ``most`` bytes or a few more."""


class Identity(Decoder):
    """The identity coding."""

    corrupt = False
    complete = True

    def decode(self, data: bytes, most: int) -> bytes:
        return data[:most]


@define
class Inflate(Decoder):
    """The codings ``gzip`` and ``deflate``, the latter with or without its wrapper; trailing data is ignored."""

    _inflator: Any = None
    corrupt: bool = field(default=False, init=False)
    _started: bool = field(default=False, init=False)

    @classmethod
    def gzip(cls) -> "Inflate":
        """Make a decoder for gzip (RFC 1952)."""
        return cls(zlib.decompressobj(16 + zlib.MAX_WBITS))

    @property
    def complete(self) -> bool:
        """See ``Decoder``; an empty body is complete, too."""
        return not self._started or bool(self._inflator.eof)

    def decode(self, data: bytes, most: int) -> bytes:
        self._started = True
        if self._inflator is None:
            # A zlib header (RFC 1950) has 8 in its low bits; many servers send raw deflate (RFC 1951) instead.
            wrapped = data[0] & 0x0F == zlib.DEFLATED
            self._inflator = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        before = self._inflator.copy()
        try:
            decoded: bytes = self._inflator.decompress(data, most)
        except zlib.error:
            self.corrupt = True
            return decoded_before_error(before, data, most)
        return decoded


def decoded_before_error(inflator: Any, data: bytes, most: int) -> bytes:
    """Decode corrupt data, byte by byte, up to its error: a whole page may stand before a wrong checksum."""
    decoded = bytearray()
    with suppress(zlib.error):
        for byte in data:
            decoded += inflator.decompress(bytes((byte,)), most)
    return bytes(decoded)


@define
class Library(Decoder):
    """The codings ``br`` and ``zstd``, with the decompressor of a library."""

    _decompress: Callable[[bytes, int], bytes]
    _is_complete: Callable[[], bool]
    _error: type[Exception]
    corrupt: bool = field(default=False, init=False)
    _started: bool = field(default=False, init=False)

    @classmethod
    def brotli(cls) -> "Library":
        """Make a decoder for Brotli (RFC 7932)."""
        decompressor = brotlicffi.Decompressor()
        return cls(decompressor.process, decompressor.is_finished, brotlicffi.error)

    @classmethod
    def zstd(cls) -> "Library":
        """Make a decoder for Zstandard (RFC 8878)."""
        decompressor = zstd.ZstdDecompressor(options=ZSTD_WINDOW)
        return cls(decompressor.decompress, lambda: decompressor.eof, zstd.ZstdError)

    @property
    def complete(self) -> bool:
        """See ``Decoder``; an empty body is complete, too."""
        return not self._started or self._is_complete()

    def decode(self, data: bytes, most: int) -> bytes:
        if self._started and self._is_complete():
            return b""
        self._started = True
        try:
            return self._decompress(data, most)
        except self._error:
            self.corrupt = True
            return b""


#: Content coding -> its decoder. Nested codings are refused, since their cost has no bound.
DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": Inflate.gzip,
    "x-gzip": Inflate.gzip,
    "deflate": Inflate,
    "br": Library.brotli,
    "zstd": Library.zstd,
}
#: Registered codings (https://www.iana.org/assignments/http-parameters) that cannot be decoded.
_OTHERS = {"aes128gcm", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress"}


def make_decoder(codings: list[str]) -> Decoder:
    """Make the decoder for a ``Content-Encoding``; an unknown coding is ignored, as in browsers.

    :raise BadResponse: if it has several codings, or one that cannot be decoded.
    """
    named = [coding.lower() for coding in codings if coding.lower() in DECODERS.keys() | _OTHERS]
    if len(named) > 1 or not set(named) <= DECODERS.keys():
        raise BadResponse("answers in an encoding that was not requested")
    return DECODERS[named[0]]() if named else Identity()
