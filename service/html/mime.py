"""MIME types: extracted from a ``Content-Type``, or sniffed (WHATWG Fetch and MIME Sniffing standards)."""

import re

from attrs import frozen

HTML_TYPES = ("text/html", "application/xhtml+xml")

#: Values of a header, separated by commas that do not stand between quotes (Fetch: "get, decode, and split").
_VALUE = re.compile(r'(?:"(?:\\.|[^"\\])*(?:"|\\?$)|[^",])+', re.DOTALL)
#: A name, and a value in quotes or plain; white space around them is ignored, as by browsers.
_PARAMETER = re.compile(r';\s*([^;=]*)(?:=\s*(?:"((?:\\.|[^"\\])*)(?:"[^;]*|\\?$)|([^;]*)))?', re.DOTALL)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUOTABLE = re.compile(r"[\t -~\x80-\xff]*")
#: Characters of a header in which a type is looked for.
_MOST = 1024
_WHITE = "\t\n\r "
#: What an HTML page without a type begins with, in upper case (MIME Sniffing, section 7.1): a tag ends after it.
_TAGS = tuple(
    f"<{tag}".encode()
    for tag in (
        *("!DOCTYPE HTML", "HTML", "HEAD", "SCRIPT", "IFRAME", "H1", "DIV", "FONT", "TABLE", "A", "STYLE", "TITLE"),
        *("B", "BODY", "BR", "P"),
    )
)
_COMMENT = b"<!--"
#: Bytes of a page in which its type is looked for.
_SNIFFED = 1445
_LONGEST = max(map(len, _TAGS)) + 1


@frozen
class MIMEType:
    """A type and subtype in lower case, and the charset that it names, if any."""

    essence: str
    charset: str | None


def extract_mime_type(content_type: str | None) -> MIMEType | None:
    """Extract the type from the values of a ``Content-Type``, the last of which counts (Fetch, section 2.2.2).

    :return: the type; None if every value is invalid or ``*/*``.
    """
    found: MIMEType | None = None
    for value in _VALUE.findall((content_type or "")[:_MOST]):
        parsed = _parse(value)
        if parsed is None or parsed.essence == "*/*":
            continue
        if found is not None and parsed == MIMEType(found.essence, None):
            continue  # it inherits the charset
        found = parsed
    return found


def _parse(value: str) -> MIMEType | None:
    essence, _, _ = value.partition(";")
    kind, slash, subtype = essence.strip(_WHITE).partition("/")
    if not (slash and _TOKEN.fullmatch(kind) and _TOKEN.fullmatch(subtype)):
        return None
    for name, quoted, plain in _PARAMETER.findall(value, len(essence)):
        charset = re.sub(r"\\(.)", r"\1", quoted) or plain.rstrip(_WHITE)
        if name.rstrip(_WHITE).lower() == "charset" and charset and _QUOTABLE.fullmatch(charset):
            return MIMEType(f"{kind}/{subtype}".lower(), charset)
    return MIMEType(f"{kind}/{subtype}".lower(), None)


def is_html(content_type: str | None, body: bytes) -> bool:
    """Return whether a page is HTML; without a type, its beginning says so."""
    found = extract_mime_type(content_type)
    if found is not None:
        return found.essence in HTML_TYPES
    start = _beginning_of(body)
    return start.startswith(_COMMENT) or any(start.startswith((tag + b" ", tag + b">")) for tag in _TAGS)


def may_be_html(content_type: str | None, prefix: bytes) -> bool:
    """Return whether a page may be HTML of which only a prefix is known."""
    if is_html(content_type, prefix):
        return True
    if extract_mime_type(content_type) is not None or len(prefix) >= _SNIFFED:
        return False
    start = _beginning_of(prefix)
    return _COMMENT.startswith(start) or any((tag + end).startswith(start) for tag in _TAGS for end in (b" ", b">"))


def _beginning_of(body: bytes) -> bytes:
    return body[:_SNIFFED].lstrip(b"\t\n\f\r ")[:_LONGEST].upper()
