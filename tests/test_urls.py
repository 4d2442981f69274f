"""Web addresses: which texts are valid, and what they mean."""

import re

import pytest
from hypothesis import given, strategies as st

from service.errors import BadRedirect, BadRequest, InvalidURL, UnsupportedScheme
from service.urls import WebAddress, without_secrets

GOOD = {
    "http://buildbot.net": "http://buildbot.net/",
    "HTTP://BuildBot.NET": "http://buildbot.net/",
    " http://buildbot.net/x\n": "http://buildbot.net/x",
    "ht\ttp://build\nbot.net/": "http://buildbot.net/",
    "http:buildbot.net": "http://buildbot.net/",
    "http:\\\\buildbot.net\\x": "http://buildbot.net/x",
    "https://buildbot.net:443/": "https://buildbot.net/",
    "http://buildbot.net:/": "http://buildbot.net/",
    "https://buildbot.net:8443/a?b=c#d": "https://buildbot.net:8443/a?b=c#d",
    "http://a/?": "http://a/?",
    "http://a/#": "http://a/#",
    "http://a//b/../c/./d": "http://a//c/d",
    "http://a-b.example./x": "http://a-b.example./x",
    "http://foo_bar.tumblr.com/": "http://foo_bar.tumblr.com/",
    "http://-a-.example/": "http://-a-.example/",
    "http://aa--b.example/": "http://aa--b.example/",
    "http://ex%61mple.com/": "http://example.com/",
    "http://i❤.ws/": "http://xn--i-7iq.ws/",
    "http://☃.net/": "http://xn--n3h.net/",
    "http://bücher.example/é?ü=1 2": "http://xn--bcher-kva.example/%C3%A9?%C3%BC=1%202",
    "http://faß.de": "http://xn--fa-hia.de/",
    "http://x?y": "http://x/?y",
    "http://x/%zz%2F": "http://x/%zz%2F",
    "http://127.1/": "http://127.0.0.1/",
    "http://0x7f.1/": "http://127.0.0.1/",
    "http://2130706433/": "http://127.0.0.1/",
    "http://017700000001/": "http://127.0.0.1/",
    "http://[0:0:0:0:0:0:0:1]/": "http://[::1]/",
    "http://[::FFFF:127.0.0.1]/": "http://[::ffff:7f00:1]/",
    "http://１２７。０。０。１/": "http://127.0.0.1/",
    "http://[2606:2800::1]:8080/x": "http://[2606:2800::1]:8080/x",
    "http://:@a/": "http://a/",
    "http://a..b/": "http://a..b/",
}


@pytest.mark.parametrize(("text", "wire"), GOOD.items())
def test_addresses(text: str, wire: str) -> None:
    """A web address is normalised as browsers do, with its host in the form that resolvers use."""
    assert WebAddress.parse(text).text == wire


def test_the_parts_of_an_address() -> None:
    """An address tells what to connect to, and what to ask for."""
    address = WebAddress.parse("http://[::1]:8080/x?#y")
    assert (address.scheme, address.host, address.port) == ("http", "::1", 8080)
    assert (address.authority, address.target, address.fragment) == ("[::1]:8080", "/x?", "#y")


@pytest.mark.parametrize(
    "text",
    [
        *("buildbot.net", "//buildbot.net", "/x", "http:", "http://", "http://:80/", "http://?x", "http://\ud800/"),
        *("http://a:99999/", "http://a:65558/", "http://a:0/", "http://a:b/", "http://a:-1/"),
        *("http://user@a/", "http://user:secret@a/", "http://a@b@c/", "http://a b/", "http://a%00b/", "http://a|b/"),
        *("https://xn--a/", "http://xn--0.com/", "http://xn--/", "http://1.2.3.4.5/", "http://256.1.1.1/"),
        *("http://[::1%eth0]/", "http://[1:2]/", "http://[::1/", "http://[::1%25eth0]/", "http://a[b]/"),
    ],
)
def test_what_is_no_address(text: str) -> None:
    """Text that is not a valid web address is refused."""
    with pytest.raises(InvalidURL, match=r"^url (is not a valid http |has (an invalid host|a port)|must not contain )"):
        WebAddress.parse(text)


@pytest.mark.parametrize("text", ["ftp://buildbot.net", "file:///etc/passwd", "gopher://x", "ws://x", "httpx://x"])
def test_other_schemes(text: str) -> None:
    """A URL with another scheme is refused for its scheme."""
    with pytest.raises(UnsupportedScheme, match=r"^url does not begin with http:// or https://$"):
        WebAddress.parse(text)


@given(st.text(max_size=80) | st.text(max_size=80).map(lambda text: f"http://{text}"))
def test_any_text(text: str) -> None:
    """Any text is either refused, or parses to an address that parses to itself."""
    try:
        address = WebAddress.parse(text)
    except BadRequest:
        return
    assert WebAddress.parse(address.text) == address
    assert re.fullmatch("[!-~]+", address.text)
    assert re.fullmatch("/[!-~]*", address.target)


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/x", "https://a.example:8443/x#f"),
        ("x", "https://a.example:8443//b/x#f"),
        ("", "https://a.example:8443//b/c?d#f"),
        ("?q", "https://a.example:8443//b/c?q#f"),
        ("?", "https://a.example:8443//b/c?#f"),
        ("/y#g", "https://a.example:8443/y#g"),
        ("/y#", "https://a.example:8443/y#"),
        ("../../..", "https://a.example:8443/#f"),
        ("//c.example/y", "https://c.example/y#f"),
        ("http://c.example/é#g", "http://c.example/%C3%A9#g"),
        ("HTTPS://C.example:443", "https://c.example/#f"),
        (" /x\t\n", "https://a.example:8443/x#f"),
        ("/" + "x" * 8000, "https://a.example:8443/" + "x" * 8000 + "#f"),
    ],
)
def test_a_location(location: str, leads_to: str) -> None:
    """A Location is resolved against the address that sent it, whose fragment it inherits."""
    assert WebAddress.parse("https://a.example:8443//b/c?d#f").follow(location).text == leads_to


@pytest.mark.parametrize(
    "location",
    ["ftp://c/", "javascript:alert(1)", "mailto:x@y", "http://user@c/", "http://c:0/", "http://[x/", "/" + "x" * 8192],
)
def test_a_location_that_leads_nowhere(location: str) -> None:
    """A Location that is not a web address is an error of the server, not of the client."""
    with pytest.raises(BadRedirect):
        WebAddress.parse("http://a.example/").follow(location)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://dustin:secret@db/users", "postgresql://***@db/users"),
        (
            "postgresql://dustin:se@cr/et?#@db/users?password=secret&user=y",
            "postgresql://***@db/users?password=***&user=y",
        ),
        ("postgresql:dustin:secret@db", "postgresql:***@db"),
        ("postgresql:/dustin%3Asecret@db", "postgresql:/***@db"),
        (
            "postgresql://dustin@db?sslpassword=secret;Token=secret&secret#",
            "postgresql://***@db?sslpassword=***&Token=***&***",
        ),
        ("ejabberd+http://im/api?domain=x&token=secret", "ejabberd+http://im/api?domain=x&token=***"),
        ("ejabberd+http:im/api?tok=secret#& token=secret", "ejabberd+http:im/api?tok=***& token=***"),
        ("postgresql://db/users?password_file=/run/secret", "postgresql://db/users?password_file=/run/secret"),
        ("http:?contact=me@example.org", "http:?contact=me@example.org"),
        ("sqlite:/users.db", "sqlite:/users.db"),
        ("fake:", "fake:"),
    ],
)
def test_what_is_shown_of_a_url(url: str, shown: str) -> None:
    """Passwords and tokens in a URL are redacted, whatever characters they contain."""
    assert without_secrets(url) == shown
