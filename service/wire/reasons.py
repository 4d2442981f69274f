"""Status lines, with the phrases of RFC 9110 (section 15); Python before 3.13 has some of an older one."""

from http import HTTPStatus

_RENAMED = {
    413: b"Content Too Large",
    414: b"URI Too Long",
    416: b"Range Not Satisfiable",
    422: b"Unprocessable Content",
}
#: Status -> its phrase.
REASONS = {status.value: status.phrase.encode() for status in HTTPStatus} | _RENAMED
#: Status and its phrase -> the status line.
STATUS_LINES = {(status, phrase): b"HTTP/1.1 %d %b" % (status, phrase) for status, phrase in REASONS.items()}
