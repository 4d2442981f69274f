"""Choosing a backend by URL."""

import sys

import pytest
from twisted.internet.task import Clock
from twisted.python.reflect import namedAny

from fakes.database import FakeUserDatabase
from service.backends.registry import ADMINISTRATIONS, DATABASE, IM, PAGES, Kind, administration_of, make_backend
from service.errors import BadSetting


@pytest.mark.parametrize("kind", [DATABASE, IM, PAGES], ids=lambda kind: kind.flag)
def test_every_scheme_leads_somewhere(kind: Kind) -> None:
    """Every dotted name in the table exists."""
    for maker in kind.makers.values():
        assert callable(namedAny(maker))


def test_a_backend_with_options(clock: Clock) -> None:
    """The maker gets the whole URL, with its options."""
    backend = make_backend(DATABASE, "fake:?latency=0.2", clock)
    assert isinstance(backend, FakeUserDatabase)
    assert backend.injector.latency == 0.2


@pytest.mark.parametrize(
    ("kind", "url", "message"),
    [
        (
            DATABASE,
            "mysql://root:secret@host/db",
            "--database 'mysql:': expected a URL that begins with fake: or sqlite: or postgresql: or postgres:",
        ),
        (IM, "", "--im ':': expected a URL that begins with fake: or ejabberd+http: or ejabberd+https:"),
        (
            IM,
            "ejabberd+http://im/api?token=secret",
            (
                "--im 'ejabberd+http://im/api?token=***': expected a URL of the form "
                "ejabberd+http://host:5280/api?domain=example.org&token_file=/run/secrets/ejabberd-token"
            ),
        ),
        (PAGES, "ftp:", "--pages 'ftp:': expected a URL that begins with fake: or http:"),
        (
            PAGES,
            "http://x",
            "--pages 'http://x': expected only options after 'http:', such as http:?ports=80,443,8080",
        ),
        (DATABASE, "fake:?seed=x", "--database 'fake:?seed=x': expected seed to be a whole number"),
    ],
)
def test_a_url_that_means_nothing(clock: Clock, kind: Kind, url: str, message: str) -> None:
    """An invalid URL is refused in one line that names the flag and redacts passwords."""
    with pytest.raises(BadSetting) as caught:
        make_backend(kind, url, clock)
    assert str(caught.value) == message


@pytest.mark.parametrize("scheme", ADMINISTRATIONS)
def test_administrations(scheme: str) -> None:
    """Every real database has an administration module."""
    administration = administration_of(f"{scheme}:")
    assert callable(administration.migrate)
    assert callable(administration.import_users)


@pytest.mark.parametrize(
    ("implementation", "expected"),
    [
        ("CPython", "its optional dependency: pip install 'ajax-contacts[postgres]'"),
        ("PyPy", "CPython, since what the extra postgres installs does not support PyPy"),
    ],
)
def test_an_extra_that_is_missing(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, implementation: str, expected: str
) -> None:
    """The error for a missing library says how to install it, if that is possible."""
    monkeypatch.setattr("service.backends.registry.python_implementation", lambda: implementation)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    for module in ("database", "errors"):
        monkeypatch.delitem(sys.modules, f"service.backends.postgresql.{module}", raising=False)
    with pytest.raises(BadSetting) as caught:
        make_backend(DATABASE, "postgresql://host/db", clock)
    assert str(caught.value) == f"--database 'postgresql:': expected {expected}"
