"""From a URL to a backend."""

import pytest
from twisted.internet.task import Clock
from twisted.python.reflect import namedAny

from fakes.database import FakeUserDatabase
from service.errors import BadSetting
from service.wiring import DATABASE, IM, PAGES, Kind, make_backend


@pytest.mark.parametrize("kind", [DATABASE, IM, PAGES], ids=lambda kind: kind.flag)
def test_every_scheme_leads_somewhere(kind: Kind) -> None:
    """The dotted names of the table exist."""
    for maker in kind.makers.values():
        assert callable(namedAny(maker))


def test_a_backend_with_options(clock: Clock) -> None:
    """The URL goes to the maker whole, options and all."""
    backend = make_backend(DATABASE, "fake:?latency=0.2", clock)
    assert isinstance(backend, FakeUserDatabase)
    assert backend.stage.latency == 0.2


@pytest.mark.parametrize(
    ("kind", "url", "message"),
    [
        (DATABASE, "mysql://root:secret@host/db", "--database 'mysql:': expected a URL that begins with fake:"),
        (IM, "", "--im ':': expected a URL that begins with fake:"),
        (PAGES, "ftp:", "--pages 'ftp:': expected a URL that begins with fake: or http:"),
        (
            PAGES,
            "http://x",
            "--pages 'http://x': expected nothing but options after 'http:', such as http:?ports=80,443,8080",
        ),
        (DATABASE, "fake:?seed=x", "--database 'fake:?seed=x': expected seed to be a whole number"),
    ],
)
def test_a_url_that_means_nothing(clock: Clock, kind: Kind, url: str, message: str) -> None:
    """A URL without a backend is refused by its flag, in one line, with no password in it."""
    with pytest.raises(BadSetting) as caught:
        make_backend(kind, url, clock)
    assert str(caught.value) == message
