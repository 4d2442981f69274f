"""Detection of the encoding of an HTML page, by the WHATWG Encoding and HTML standards."""

import codecs
import html
import re

import turbohtml
import turbohtml.detect  # registers the whatwg-* codecs

from service.html.mime import extract_mime_type

#: The encoding of a page that does not declare one, and does not look like UTF-8.
FALLBACK = "windows-1252"
#: Bytes in which the HTML standard looks for a declaration of the encoding.
PRESCAN = 1024

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_XML_DECLARATION = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")


def sniff(body: bytes, content_type: str | None) -> tuple[str, bool]:
    """Detect the encoding by byte-order mark, header or a declaration at the beginning, or else guess it.

    :return: its WHATWG name, and whether it is certain; if not, a later ``<meta>`` may change it.
    """
    start = body[:PRESCAN]
    declared = extract_mime_type(content_type)
    if declared is not None and declared.charset is not None:
        encoding, certain = _encoding_of(start, declared.charset)
        if certain:
            return encoding, True
    encoding, certain = _encoding_of(start, None)
    in_xml = None if certain else _XML_DECLARATION.match(start)
    return _encoding_of(start, in_xml[1].decode()) if in_xml else (encoding, certain)


def _encoding_of(start: bytes, named: str | None) -> tuple[str, bool]:
    try:
        page = turbohtml.parse(start, encoding=named, scripting=True)
    except LookupError:  # not a label of any WHATWG encoding
        return FALLBACK, False
    return str(page.encoding), page.encoding_confidence == "certain"


def is_utf8(body: bytes) -> bool:
    """Return whether the first bytes that are not ASCII are UTF-8, wherever they stand."""
    first = _NOT_ASCII.search(body)
    if first is None:
        return False
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(body[first.start() : first.start() + PRESCAN])
    except UnicodeDecodeError:
        return False
    return text != ""  # not the first byte alone of a character


def decode(body: bytes, charset: str) -> str:
    """Decode a page and strip its byte-order mark; undecodable bytes become U+FFFD."""
    text = codecs.decode(body, f"whatwg-{charset.lower()}")
    return text.removeprefix("\N{BYTE ORDER MARK}")


def declared_by(attributes: list[tuple[str, str]]) -> str | None:
    """Return the encoding that a ``<meta>`` declares, or None, by turbohtml's prescan."""
    tag = "<meta " + " ".join(f'{name}="{html.escape(value or "")}"' for name, value in attributes) + ">"
    meta = turbohtml.parse(tag.encode(errors="replace")[:PRESCAN])
    return str(meta.encoding) if meta.encoding_confidence == "certain" else None
