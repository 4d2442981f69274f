"""An ``ejabberd+http:`` URL becomes an API to ask."""

from pathlib import Path

import pytest

from service.backends.ejabberd.address import API
from service.backends.ejabberd.errors import NoTokenError


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("ejabberd+http://im:5280/api?domain=Example.org&token=secret", "http://im:5280/api"),
        ("ejabberd+https://im/api/?domain=example.org&token=secret", "https://im/api"),
        ("ejabberd+http://[::1]:5280/api?domain=example.org&token=secret", "http://[::1]:5280/api"),
    ],
)
def test_a_url(url: str, base: str) -> None:
    """The URL says where the API is, the domain and the token; the token is not shown."""
    api = API.from_url(url)
    assert (api.base, api.domain, api.token()) == (base, "example.org", "secret")
    assert "secret" not in repr(api)


def test_a_token_in_a_file(tmp_path: Path) -> None:
    """A token in a file is read when it is needed first, and read again once it was refused."""
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
    """What can be no token is not sent as one."""
    file = tmp_path / "token"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(NoTokenError):
        API.from_url(f"ejabberd+http://im/api?domain=example.org&token_file={file}").token()


@pytest.mark.parametrize(
    "url",
    [
        "ejabberd+http:",
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
    """What leads to no API is refused: without a domain, a token or a host, with what nobody knows."""
    with pytest.raises(ValueError, match=r"a URL of the form ejabberd\+http://host:5280/api\?domain=example.org"):
        API.from_url(url)
