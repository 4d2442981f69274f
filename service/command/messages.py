"""What the command says to the one who runs it: where it serves, or why it does not."""

import ipaddress
import sys
from pathlib import Path

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IAddress

from service.command.settings import FAKES_FIRST, PROGRAM, Settings, is_fake
from service.command.streams import say

EXIT_FAILED = 1
#: What an endpoint may fail with for reasons of the machine, such as a folder that is missing or a port above 65535.
CANNOT_LISTEN = (CannotListenError, OSError, OverflowError, ValueError)


def complain(message: str, exit_code: int) -> int:
    """Print a one-line error message, and return the exit code."""
    say(sys.stderr, f"{PROGRAM}: {message}\n")
    return exit_code


def complain_of_port(listen: str, error: Exception) -> int:
    """Report that the service cannot listen at an endpoint, and return the exit code."""
    cause = error.socketError if isinstance(error, CannotListenError) else error
    reason = (cause.strerror if isinstance(cause, OSError) else None) or str(cause).removeprefix("bind(): ")
    return complain(f"cannot listen on {listen}: {reason.rstrip('.')}", EXIT_FAILED)


def announce(address: IAddress, settings: Settings, watch: Path) -> None:
    """Print where the service listens, with a link that a browser can open if any, what it watches and what is fake."""
    listen = settings.listen
    greeting = f"{PROGRAM} is serving on {listen}"
    if isinstance(address, IPv4Address | IPv6Address):
        scheme = "https" if listen.startswith("ssl:") else "http"
        host = f"[{address.host}]" if isinstance(address, IPv6Address) else address.host
        if ipaddress.ip_address(address.host).is_unspecified:
            host = "localhost"
        url = f"{scheme}://{host}:{address.port}/"
        greeting = f"{PROGRAM} is serving on {url} - open it in a browser, or try {url}contacts?username=dustin"
    lines = [greeting, f"{PROGRAM} is waiting for files in {watch}", *fakes_in(settings)]
    if settings.clock == "manual":
        lines.append(f"{PROGRAM} stands still in time until POST /clock/advance?seconds=30")
    say(sys.stdout, "".join(f"{line}\n" for line in lines))


def announce_admin(address: IAddress, listen: str) -> None:
    """Print where operators find the service."""
    where = f"http://{address.host}:{address.port}/" if isinstance(address, IPv4Address | IPv6Address) else listen
    say(sys.stdout, f"{PROGRAM} is there for operators on {where}\n")


def fakes_in(settings: Settings) -> list[str]:
    """Return the line that lists the fake backends, none if all backends are real."""
    backends = {"user database": settings.database, "IM service": settings.im, "web pages": settings.pages}
    fakes = [name for name, url in backends.items() if is_fake(url)]
    rest = ", and the real web for pages that they do not know" if settings.pages == FAKES_FIRST else ""
    return [f"{PROGRAM} is using fakes for: {', '.join(fakes)}{rest}"] if fakes else []
