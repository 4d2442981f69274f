"""``ajax-contacts health``: asks a running service whether it is alive."""

import socket
import ssl
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import click

from service.command.endpoints import make_endpoint
from service.command.locations import Location, locate
from service.command.messages import EXIT_FAILED
from service.command.subcommands import setting_of_service
from service.errors import BadSetting

#: Seconds for each step: to connect, to shake hands, to answer.
PATIENCE = 2.0
LIVENESS = "/livez"
_OK = 200
#: An address to listen on -> addresses to ask at, one after the other.
_ANY = {"": ("127.0.0.1",), "0.0.0.0": ("127.0.0.1",), "::": ("::1", "127.0.0.1")}  # noqa: S104  where a service listens; this asks there


@click.command("health")
@click.option("--url", default=None, help="URL to ask, instead of /livez at the address of --listen.")
def health(url: str | None) -> int:
    """Ask a running service whether it is alive: the exit code is 0 if it is, else 1.

    It is asked where the service's own --listen or AJAX_CONTACTS_LISTEN says. Certificates are not verified.
    """
    try:
        location, path = where(setting_of_service("listen")) if url is None else where_of_url(url)
        status = ask(location, path)
    except (BadSetting, HTTPException, OSError) as error:
        click.echo(f"not alive: {' '.join(str(error).split())}", err=True)
        return EXIT_FAILED
    if status != _OK:
        click.echo(f"not alive: {path} answers with status {status}", err=True)
        return EXIT_FAILED
    click.echo("alive")
    return 0


def where(listen: str) -> tuple[Location, str]:
    """Return where a service with this endpoint string is asked, and the path.

    :raise BadSetting: if the string is invalid, or does not say where that is.
    """
    make_endpoint(listen, Location())  # words what is wrong with it
    return locate(listen), LIVENESS


def where_of_url(url: str) -> tuple[Location, str]:
    """Return where a URL leads, and its path.

    :raise BadSetting: if it is not an http or https URL.
    """
    try:
        parts = urlsplit(url)
        has_tls = {"http": False, "https": True}[parts.scheme]
        location = Location(parts.hostname or "", parts.port or (443 if has_tls else 80), None, has_tls)
    except (ValueError, LookupError) as error:
        raise BadSetting("--url", url, "a URL such as http://127.0.0.1:8080/readyz") from error
    return location, parts.path if parts.path.strip("/") else LIVENESS


def ask(location: Location, path: str) -> int:
    """Send a request, and return the status of the response.

    :raise OSError: if it does not accept the connection, or does not respond in time.
    :raise HTTPException: if the answer is not HTTP.
    """
    connected = connect(location)
    if location.has_tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connected = context.wrap_socket(connected, server_hostname="localhost")
    with connected:
        if location.is_proxied:
            connected.sendall(b"PROXY UNKNOWN \r\n")  # Twisted wants the space
        asking = HTTPConnection("localhost")
        asking.sock = connected
        asking.request("GET", path, headers={"Connection": "close"})
        with asking.getresponse() as response:
            return response.status


def connect(location: Location) -> socket.socket:
    """Connect to where a service listens.

    :raise OSError: if nothing listens there.
    """
    if location.path is not None:
        with ExitStack() as stack:
            connecting = stack.enter_context(socket.socket(socket.AF_UNIX))
            connecting.settimeout(PATIENCE)
            connecting.connect(location.path)
            stack.pop_all()
        return connecting
    *others, last = _ANY.get(location.host, (location.host,))
    for host in others:
        try:
            return socket.create_connection((host, location.port), PATIENCE)
        except OSError:
            continue
    return socket.create_connection((last, location.port), PATIENCE)
