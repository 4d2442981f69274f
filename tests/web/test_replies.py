"""JSON as it is sent: the kept encoder writes what the standard library's would."""

import json
from typing import Any

import pytest

from service.web.replies import encode_json, kept


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"contacts": ["karl", "amber", "zoë"]},
        {"title": 'a "quoted" \\ title\n\t\x00\x7f\u2028', "emoji": "🎈"},
        {"users": {"dustin": {"name": None}, "": []}, "errors": {}, "numbers": [0, -1, 1.5, 1e300, True, False]},
        {"deep": [[[[{"a": [1, (2, 3)]}]]]]},
    ],
)
def test_what_is_sent(document: dict[str, Any]) -> None:
    """A document is one line of JSON in UTF-8, as ``json.dumps`` writes it."""
    assert encode_json(document) == json.dumps(document, ensure_ascii=False).encode()


@pytest.mark.parametrize(("value", "error"), [(object(), TypeError), ({1, 2}, TypeError), (float("nan"), ValueError)])
def test_what_cannot_be_sent(value: object, error: type[Exception]) -> None:
    """What JSON cannot represent is an error, and the next document is not affected."""
    with pytest.raises(error):
        encode_json({"a": [value]})
    assert encode_json({"a": []}) == b'{"a": []}'


@pytest.mark.parametrize("make", [None, lambda *_: None])
def test_a_python_without_it(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python has no such encoder in C, or another one, the public one is used."""
    with monkeypatch.context() as patched:
        patched.setattr("json.encoder.c_make_encoder", make)
        encode = kept(json.JSONEncoder())
    assert list(encode({"a": ["b"]}, 0)) == ['{"a": ["b"]}']
