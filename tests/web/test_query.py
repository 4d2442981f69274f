"""Query parameters: any bytes are either parsed or refused with the name of the parameter."""

from typing import Any

import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from service.errors import BadRequest
from service.web.query import url_asked_for, username_asked_for, usernames_asked_for


@frozen
class Query:
    """The part of a request that the parameters need."""

    args: dict[bytes, list[bytes]]


def query(name: bytes, *values: bytes) -> Any:
    return Query({name: list(values)})


@given(st.binary(max_size=300))
def test_any_bytes_as_a_username(value: bytes) -> None:
    """A username is returned unchanged, or refused with the name of the parameter."""
    try:
        assert username_asked_for(query(b"username", value)).encode() == value
    except BadRequest as refused:
        assert refused.members == {"parameter": "username"}


@given(st.text(min_size=1, max_size=255).filter(lambda text: text.isprintable() and text.strip()))
def test_any_text_as_a_username(text: str) -> None:
    """Printable text in any script is a valid username."""
    assert username_asked_for(query(b"username", text.encode())) == text


@given(st.lists(st.binary(max_size=20), max_size=120))
def test_any_list_as_usernames(values: list[bytes]) -> None:
    """Usernames are returned in order and complete, or refused as a whole."""
    try:
        assert [name.encode() for name in usernames_asked_for(query(b"username", *values))] == values
    except BadRequest as refused:
        assert refused.members == {"parameter": "username"}


@given(st.binary(max_size=100) | st.text(max_size=100).map(lambda text: f"http://{text}".encode()))
def test_any_bytes_as_an_address(value: bytes) -> None:
    """A URL is returned unchanged, or refused with the name of the parameter."""
    try:
        assert url_asked_for(query(b"url", value)).encode() == value
    except BadRequest as refused:
        assert refused.members == {"parameter": "url"}


@pytest.mark.parametrize(
    "url",
    [
        "http://buildbot.net",
        "https://buildbot.net:8443/a?b=c#d",
        "HTTP://BUILDBOT.NET/",
        "http://127.0.0.1/",
        "http://bücher.example/",
        "http://buildbot.net/é?ü=%20",
    ],
)
def test_an_address(url: str) -> None:
    """An http or https URL with a host is valid, even with an international host name."""
    assert url_asked_for(query(b"url", url.encode())) == url
