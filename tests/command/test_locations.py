"""Where an endpoint string listens."""

from pathlib import Path

import pytest

from service.command.locations import Location, locate
from tests.certificates import make_certificate


@pytest.mark.parametrize(
    ("description", "location"),
    [
        ("tcp:8080", Location(port=8080)),
        ("tcp:port=8080", Location(port=8080)),
        ("tcp:8080:interface=127.0.0.1", Location("127.0.0.1", 8080)),
        ("tcp6:8080", Location("::", 8080)),
        ("tcp6:8080:interface=\\:\\:1", Location("::1", 8080)),
        ("unix:/run/socket:mode=660", Location(path="/run/socket")),
        ("unix:address=/run/a\\:b", Location(path="/run/a:b")),
        ("haproxy:tcp:8080", Location(port=8080, is_proxied=True)),
        ("haproxy:unix:/run/socket", Location(path="/run/socket", is_proxied=True)),
        ("ssl:443:privateKey=key.pem", Location(port=443, has_tls=True)),
        ("tls:certificates", Location("::", 443, has_tls=True)),
        ("haproxy:ssl:443:privateKey=key.pem:interface=0.0.0.0", Location("0.0.0.0", 443, None, True, True)),
    ],
)
@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # from Twisted itself
def test_where(description: str, location: Location, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint string is read as Twisted reads it, whatever kind it is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key.pem").write_bytes(make_certificate("page.example"))
    assert locate(description) == location
