"""Reason phrases of RFC 9110 (section 15); the standard library has some of an older one before Python 3.13."""

from http import HTTPStatus

_RENAMED = {
    413: b"Content Too Large",
    414: b"URI Too Long",
    416: b"Range Not Satisfiable",
    422: b"Unprocessable Content",
}
#: Status -> its phrase.
REASONS = {status.value: status.phrase.encode() for status in HTTPStatus} | _RENAMED
