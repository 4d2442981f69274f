"""Setup of the backends: tables and users, accounts and contacts, and a token for the service.

It can be run again: existing users and accounts stay.
"""

import json
import secrets
import subprocess
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

HERE = Path(__file__).parent
API = "http://ejabberd-administration:5280/api"
DOMAIN = "example.org"
TOKEN = Path("/var/lib/ajax-contacts/ejabberd-token")
#: The account that the token belongs to, and the token's lifetime in seconds: ten years.
SERVICE = "ajax-contacts"
TTL = 10 * 365 * 86400
CONFLICT = 409


def call(command: str, **arguments: object) -> Any:
    """Run a command of ejabberd's API and return its result."""
    request = Request(f"{API}/{command}", json.dumps(arguments).encode())
    with urlopen(request, timeout=10) as response:
        return json.load(response)


def register(username: str) -> None:
    """Create an account with a random password, unless it exists."""
    try:
        call("register", user=username, host=DOMAIN, password=secrets.token_urlsafe())
    except HTTPError as error:
        if error.code != CONFLICT:
            raise


def set_up_database() -> None:
    """Create the tables and import the users."""
    subprocess.run(["ajax-contacts", "migrate"], check=True)
    subprocess.run(["ajax-contacts", "import-users", HERE / "users.csv"], check=True)


def set_up_im_service() -> None:
    """Create the accounts and fill their contact lists."""
    contacts = json.loads((HERE / "contacts.json").read_text(encoding="utf-8"))
    for username in [SERVICE, *contacts]:
        register(username)
    for username, names in contacts.items():
        for name in names:
            call(
                "add_rosteritem",
                localuser=username,
                localhost=DOMAIN,
                user=name,
                host=DOMAIN,
                nick=name.capitalize(),
                groups=[],
                subs="both",
            )


def issue_token() -> None:
    """Issue a token and put it where only the service can read it."""
    issued = call("oauth_issue_token", jid=f"{SERVICE}@{DOMAIN}", ttl=TTL, scopes=["get_roster", "check_account"])
    fresh = TOKEN.with_suffix(".fresh")
    fresh.touch(mode=0o600)
    fresh.write_text(issued["token"] + "\n", encoding="utf-8")
    fresh.replace(TOKEN)


if __name__ == "__main__":
    set_up_database()
    set_up_im_service()
    issue_token()
