"""Parsing of ``ejabberd+http:`` URLs."""

from pathlib import Path

import pytest

from service.backends.ejabberd.address import API
from service.backends.ejabberd.errors import NoTokenError


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("ejabberd+http://im:5280/api?domain=Example.org&token=secret", "http://im:5280/api"),
        ("ejabberd+https://im/api/?domain=example.org&token=secret", "https://im/api/"),
        ("ejabberd+http://my_ejabberd:5280/api?domain=example.org&token=secret", "http://my_ejabberd:5280/api"),
        ("ejabberd+http://[::1]:5280/api?domain=example.org&token=secret", "http://[::1]:5280/api"),
    ],
)
def test_a_url(url: str, address: str) -> None:
    """The URL contains the API's address, the domain and the token, which is not in the repr."""
    api = API.from_url(url)
    assert (api.address.text, api.domain, api.token()) == (address, "example.org", "secret")
    assert "secret" not in repr(api)


def test_a_token_in_a_file(tmp_path: Path) -> None:
    """A token in a file is read on first use, and again after it was refused."""
    file = tmp_path / "token"
    token = API.from_url(f"ejabberd+http://im/api?domain=example.org&token_file={file}").token
    with pytest.raises(NoTokenError):
        token()
    file.write_text("first\n")
    assert token() == "first"
    file.write_text("second\n")
    assert token() == "first"
    token.forget()
    assert token() == "second"


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", "é", b"\xff"])
def test_no_token(content: str | bytes, tmp_path: Path) -> None:
    """A token that is empty or not printable ASCII is not sent."""
    file = tmp_path / "token"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(NoTokenError):
        API.from_url(f"ejabberd+http://im/api?domain=example.org&token_file={file}").token()


@pytest.mark.parametrize(
    "url",
    [
        "ejabberd+http:",
        "ejabberd+http:/api?domain=example.org&token=x",
        "ejabberd+http://im/api?token=x",
        "ejabberd+http://im/api?domain=example.org",
        "ejabberd+http://im/api?domain=example.org&token=x&token_file=y",
        "ejabberd+http://im/api?domain=example.org&token=x&colour=red",
        "ejabberd+http://im:port/api?domain=example.org&token=x",
        "ejabberd+http://im:0/api?domain=example.org&token=x",
        "ejabberd+http://admin:secret@im/api?domain=example.org&token=x",
    ],
)
def test_no_url(url: str) -> None:
    """A URL that lacks a host, a domain or a token, or has an unknown part, is refused."""
    with pytest.raises(ValueError, match=r"a URL of the form ejabberd\+http://host:5280/api\?domain=example.org"):
        API.from_url(url)
