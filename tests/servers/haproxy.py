"""HAProxy with the configuration of the Compose file, in front of a service on this machine."""

import re
import shutil
import subprocess
from pathlib import Path

from attrs import define, field

from tests.servers.programs import free_port, make_folder, skip, unprivileged, wait_until_logged

CONFIGURATION = Path(__file__).parents[2] / "docker" / "haproxy.cfg"
PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"


@define
class HAProxy:
    """A proxy for the service at ``backend_port``, with the ``environment`` of its container."""

    program: str
    backend_port: int
    environment: dict[str, str]
    folder: Path = field(factory=make_folder)
    port: int = field(factory=free_port)
    process: "subprocess.Popen[str]" = field(init=False)

    @property
    def configuration(self) -> str:
        """The configuration, with other addresses, and without Docker's name server."""
        text = CONFIGURATION.read_text()
        text = re.sub(r"^resolvers docker\n( .*\n)+", "", text, flags=re.MULTILINE)
        text = text.replace(" resolvers docker init-addr libc,none", "")
        text = text.replace("bind :8080", f"bind 127.0.0.1:{self.port}")
        text = text.replace("inspect-delay 10s", "inspect-delay 300ms")
        replaced = text.replace(
            "server-template replica 1-3 ajax-contacts:8080", f"server replica1 127.0.0.1:{self.backend_port}"
        )
        assert replaced.count("server replica1") == 3
        return replaced

    def start(self) -> None:
        """Start it, and wait until it is listening."""
        path = self.folder / "haproxy.cfg"
        path.write_text(self.configuration)
        path.chmod(0o644)
        self.process = subprocess.Popen(
            [self.program, "-W", "-db", "-f", path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
            **unprivileged(),
        )
        wait_until_logged(self.process, "Loading success")

    def remove(self) -> None:
        """Stop it, and remove its files."""
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


def find_haproxy(places: str = PLACES) -> str:
    """Find the program; skip the test if it is not installed."""
    program = shutil.which("haproxy", path=places)
    if program is None:
        skip("HAProxy is not installed: it is in Debian's package haproxy")
    return program


def start_haproxy(backend_port: int, program: str, **environment: str) -> HAProxy:
    """Start a proxy."""
    proxy = HAProxy(program, backend_port, environment)
    proxy.start()
    return proxy
