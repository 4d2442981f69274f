"""``ajax-contacts health`` finds the service wherever it listens."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.certificates import make_certificate
from tests.servers.programs import free_port
from tests.service_process import COMMAND, ENVIRONMENT, Service, run_in_process


class Serving:
    """A service at an endpoint whose address is known before."""

    def __init__(self, listen: str) -> None:
        self.listen = listen
        self.process = subprocess.Popen(
            [*COMMAND, "--listen", listen, "--pages", "fake:"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline()

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # from Twisted itself
@pytest.mark.parametrize(
    "listen",
    [
        "haproxy:ssl:{port}:privateKey={folder}/key.pem",
        "unix:{folder}/socket",
    ],
)
def test_every_kind_of_endpoint(listen: str, tmp_path: Path) -> None:
    """A service is alive as long as it runs, at whatever kind of endpoint."""
    (tmp_path / "key.pem").write_bytes(make_certificate("localhost"))
    serving = Serving(listen.format(port=free_port(), folder=tmp_path))
    assert run_in_process("health", AJAX_CONTACTS_LISTEN=serving.listen) == (0, "alive\n", "")
    serving.stop()
    code, out, err = run_in_process("health", AJAX_CONTACTS_LISTEN=serving.listen)
    assert (code, out) == (1, "")
    assert err.startswith("not alive: ")
    assert err.count("\n") == 1


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A service on the fakes."""
    service = Service(log=subprocess.DEVNULL)
    yield service
    service.process.terminate()
    assert service.stop()[0] == 0


@pytest.mark.parametrize("listen", ["tcp:{}", "tcp:{}:interface=0.0.0.0", "tcp6:{}", "tcp:port={}:interface=127.0.0.1"])
def test_an_address_for_all(service: Service, listen: str) -> None:
    """A service that listens on all addresses is asked on this machine."""
    port = service.url.rsplit(":", 1)[1].rstrip("/")
    assert run_in_process("--listen", listen.format(port), "health") == (0, "alive\n", "")


@pytest.mark.parametrize("path", ["", "livez", "readyz"])
def test_a_url(service: Service, path: str) -> None:
    """A URL can be asked instead; without a path it is asked whether it is alive."""
    assert run_in_process("health", "--url", service.url + path) == (0, "alive\n", "")


def test_another_status(service: Service) -> None:
    """Any other status than 200 means that the service is not alive."""
    code, out, err = run_in_process("health", "--url", f"{service.url}nope")
    assert (code, out, err) == (1, "", "not alive: /nope answers with status 404\n")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["health", "--url", "ftp://x"], "--url 'ftp://x': expected a URL such as http://127.0.0.1:8080/readyz"),
        (["health", "--url", "http://x:y"], "--url 'http://x:y': expected a URL such as"),
        (["--listen", "tcp:x", "health"], "--listen 'tcp:x': expected a Twisted endpoint string"),
        (["--listen", "systemd:domain=INET:index=0", "health"], "--listen 'systemd:domain=INET:index=0': systemd has"),
        (["health", "--url", "https://127.0.0.1:1"], "[Errno 111] Connection refused"),
        (["--listen", "unix:/nonexistent/x", "health"], "[Errno 2] No such file or directory"),
    ],
)
def test_nowhere(arguments: list[str], problem: str) -> None:
    """Where there is nobody to ask, one line says why."""
    code, out, err = run_in_process(*arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"not alive: {problem}")


def test_another_protocol() -> None:
    """What does not speak HTTP is not the service."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            client, _ = listening.accept()
            with client:
                client.recv(1000)
                client.sendall(b"SSH-2.0\r\n")

        thread = Thread(target=answer)
        thread.start()
        code, _, err = run_in_process("health", "--url", f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread.join()
    assert (code, err) == (1, "not alive: SSH-2.0\n")
