"""PgBouncer before a PostgreSQL server: in transaction mode, and otherwise as it comes."""

import shutil
import subprocess
from pathlib import Path

from attrs import define, field

from tests.servers.postgresql import PASSWORD, USER, PostgreSQL
from tests.servers.programs import free_port, make_folder, skip, unprivileged, wait_until_logged

PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"


@define
class PgBouncer:
    """A pooler of connections to ``server``."""

    server: PostgreSQL
    program: str
    folder: Path = field(factory=make_folder)
    port: int = field(factory=free_port)
    process: "subprocess.Popen[str]" = field(init=False)

    @property
    def url(self) -> str:
        """The URL of the server's database, by way of the pooler."""
        return self.server.url.replace(f":{self.server.port}/", f":{self.port}/")

    def start(self) -> None:
        """Start it, and wait until it is listening."""
        users, configuration = self.folder / "users", self.folder / "pgbouncer.ini"
        users.write_text(f'"{USER}" "{PASSWORD}"\n')
        configuration.write_text(
            f"[databases]\n* = host=127.0.0.1 port={self.server.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = scram-sha-256\nauth_file = {users}\npool_mode = transaction\n"
        )
        self.process = subprocess.Popen(
            [self.program, configuration],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **unprivileged(),
        )
        wait_until_logged(self.process, "process up")

    def remove(self) -> None:
        """Kill it, and remove its files."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)


def start_pgbouncer(server: PostgreSQL, places: str = PLACES) -> PgBouncer:
    """Start a pooler; skip the test if the program is not installed."""
    program = shutil.which("pgbouncer", path=places)
    if program is None:
        skip("PgBouncer is not installed: it is in Debian's package pgbouncer")
    pooler = PgBouncer(server, program)
    pooler.start()
    return pooler
