"""The page over HTTPS."""

import subprocess
from pathlib import Path

from tests.browser.chrome import Page
from tests.certificates import make_certificate
from tests.service_process import Service


def test_https(page: Page, tmp_path: Path) -> None:
    """At an ssl: endpoint the page works as it does without TLS."""
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(make_certificate("localhost"))
    listen = f"ssl:0:interface=127.0.0.1:privateKey={certificate}"
    service = Service("--listen", listen, "--deadline", "120", log=subprocess.DEVNULL)
    page.command("Security.setIgnoreCertificateErrors", {"ignore": True})
    secure = Page(page.driver, service.url)
    secure.open()
    secure.ask("dustin", "200")
    assert ("callback", "contacts_body") in secure.ran()
    assert secure.evaluate("location.protocol") == "https:"
    page.command("Security.setIgnoreCertificateErrors", {"ignore": False})
    service.process.terminate()
    assert service.stop()[0] == 0
