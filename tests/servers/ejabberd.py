"""An ejabberd server from Debian's packages."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from attrs import define, field

from tests.servers.programs import free_port, make_folder, skip, unprivileged, wait_until_logged

DOMAIN = "example.org"
CONFIGURATION = """
hosts: [{domain}]
loglevel: info
oauth_access: all
listen:
  - {{port: {port}, ip: "127.0.0.1", module: ejabberd_http, backlog: 128, request_handlers: {{/api: mod_http_api}}}}
api_permissions:
  "the tests":
    who: [{{ip: 127.0.0.1/32}}]
    what: [register, add_rosteritem, oauth_issue_token]
  "the service":
    who: {{oauth: {{scope: [get_roster, check_account], access: [{{allow: all}}]}}}}
    what: [get_roster, check_account]
modules: {{mod_admin_extra: {{}}, mod_roster: {{}}}}
"""
#: The log message that says that it is listening.
LISTENING = "Start accepting TCP connections"
#: Where Debian installs its libraries.
LIBRARIES = "/usr/lib/{machine}-linux-gnu"
#: The Erlang module that it needs to issue tokens: Debian has it in a separate package.
OAUTH2 = "oauth2"
#: Seconds for it to stop or to run a command.
PATIENCE = 60


@define
class Ejabberd:
    """A server for one domain."""

    folder: Path = field(factory=make_folder)
    port: int = field(factory=free_port)
    process: Any = None

    @property
    def url(self) -> str:
        """The URL of its API, with the token in a file."""
        return f"ejabberd+http://127.0.0.1:{self.port}/api?domain={DOMAIN}&token_file={self.folder / 'token'}"

    def create(self) -> None:
        """Start it, and issue a token for the service."""
        (self.folder / "ejabberd.yml").write_text(CONFIGURATION.format(domain=DOMAIN, port=self.port))
        self.start()
        self.register("service")
        scopes = "get_roster;check_account"
        issued = self.call("oauth_issue_token", jid=f"service@{DOMAIN}", ttl=3600, scopes=scopes)
        (self.folder / "token").write_text(issued["token"] + "\n")

    def start(self) -> None:
        """Start it, and wait until it is listening."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "EJABBERD_CONFIG_PATH": str(self.folder / "ejabberd.yml"),
            "EJABBERD_LOG_PATH": str(self.folder / "ejabberd.log"),
            "SPOOL_DIR": str(self.folder / "spool"),
            "ERL_LIBS": LIBRARIES.format(machine=os.uname().machine),
            "ERL_CRASH_DUMP": "/dev/null",
        }
        self.process = subprocess.Popen(
            ["erl", "-noinput", "+S", "1:1", "-mnesia", "dir", f'"{self.folder / "spool"}"', "-s", "ejabberd"],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **unprivileged(),
        )
        wait_until_logged(self.process, LISTENING)

    def stop(self) -> None:
        """Stop it gracefully."""
        self.process.terminate()
        self.process.wait(PATIENCE)

    def freeze(self) -> None:
        """Freeze it: it does not even refuse requests."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)  # its threads stop a moment later

    def thaw(self) -> None:
        """Resume it."""
        self.process.send_signal(signal.SIGCONT)

    def call(self, command: str, **arguments: object) -> Any:
        """Run a command as its administrator, and return the result."""
        request = Request(f"http://127.0.0.1:{self.port}/api/{command}", json.dumps(arguments).encode())
        with urlopen(request, timeout=PATIENCE) as response:
            return json.loads(response.read())

    def register(self, username: str) -> None:
        """Create an account."""
        self.call("register", user=username, host=DOMAIN, password="secret")

    def befriend(self, username: str, jid: str, name: str = "", groups: str = "") -> None:
        """Add a contact to an account's contact list; groups are separated by semicolons."""
        contact, host = jid.split("@")
        self.call(
            "add_rosteritem",
            localuser=username,
            localserver=DOMAIN,
            user=contact,
            server=host,
            nick=name,
            group=groups,
            subs="both",
        )

    def remove(self) -> None:
        """Kill it, and remove its files."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)


def knows_module(module: str) -> bool:
    """Return whether Erlang can load a module."""
    asked = f"halt(case code:which({module}) of non_existing -> 1; _ -> 0 end)."
    return subprocess.run(["erl", "-noshell", "-eval", asked], check=False, timeout=PATIENCE).returncode == 0


def start_ejabberd(libraries: str = LIBRARIES, module: str = OAUTH2) -> Ejabberd:
    """Start a server; skip the test if the program or a part of it is not installed."""
    installed = list(Path(libraries.format(machine=os.uname().machine)).glob("ejabberd-*"))
    if not installed or shutil.which("erl") is None:
        skip("ejabberd is not installed: it is in Debian's packages ejabberd and erlang-p1-oauth2")
    if not knows_module(module):
        skip(f"ejabberd cannot issue tokens without the Erlang module {module}, which is in Debian's erlang-p1-oauth2")
    server = Ejabberd()
    server.create()
    return server
