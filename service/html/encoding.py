"""In which encoding the bytes of a page are: as the WHATWG Encoding and HTML standards say."""

import codecs
import html
import re

import turbohtml
import turbohtml.detect  # registers the whatwg-* codecs

#: How far into the bytes the HTML standard looks for a declaration of the encoding.
PRESCAN = 1024

_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")


def sniff(body: bytes, content_type: str | None) -> tuple[str, bool]:
    """Find the encoding of a byte-order mark, of the header, of a declaration at the beginning, or else windows-1252.

    :return: its WHATWG name, and whether that is certain: a ``<meta>`` further on may say otherwise if it is not.
    """
    start = body[:PRESCAN]
    declared = _CHARSET.search(content_type or "")
    if declared is not None:
        encoding, certain = _encoding_of(start, declared[1])
        if certain:
            return encoding, True
    encoding, certain = _encoding_of(start, None)
    in_xml = None if certain else _XML_DECLARATION.match(start)
    return _encoding_of(start, in_xml[1].decode()) if in_xml else (encoding, certain)


def _encoding_of(start: bytes, named: str | None) -> tuple[str, bool]:
    try:
        page = turbohtml.parse(start, encoding=named, scripting=True)
    except LookupError:  # no browser knows an encoding of that name
        return "windows-1252", False
    return str(page.encoding), page.encoding_confidence == "certain"


def decode(body: bytes, charset: str) -> str:
    """Decode a page, without its byte-order mark; what cannot be decoded becomes U+FFFD."""
    text = codecs.decode(body, f"whatwg-{charset.lower()}")
    return text.removeprefix("\N{BYTE ORDER MARK}")


def declared_by(attributes: list[tuple[str, str]]) -> str | None:
    """Name the encoding that a ``<meta>`` declares, None where it declares none: turbohtml's prescan knows how."""
    tag = "<meta " + " ".join(f'{name}="{html.escape(value or "")}"' for name, value in attributes) + ">"
    meta = turbohtml.parse(tag.encode(errors="replace")[:PRESCAN])
    return str(meta.encoding) if meta.encoding_confidence == "certain" else None
