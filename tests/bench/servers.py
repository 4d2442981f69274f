"""The servers to compare: each is a command that listens on a port."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial

Command = Callable[[int], list[str]]


def this_service(*flags: str, python: str = sys.executable, log: bool = False) -> Command:
    """Run this service without X-ray, and without an access log unless there is to be a ``log``."""
    return lambda port: [
        *(python, "-m", "service", "--listen", f"tcp:{port}:interface=127.0.0.1:backlog=8192", "--xray", "off"),
        *("--pages", "fake:", "--in-flight", "10000", "--access-log", "on" if log else "off", *flags),
    ]


def uvicorn(module: str, *, log: bool = False) -> Command:
    """Run an ASGI application on uvicorn, with httptools and uvloop."""
    quiet = () if log else ("--no-access-log", "--log-level", "warning")
    return lambda port: [
        *(sys.executable, "-m", "uvicorn", f"tests.bench.apps.{module}:app", "--port", str(port)),
        *("--loop", "uvloop", "--http", "httptools", "--backlog", "8192", *quiet),
    ]


def gunicorn(threads: int, *, log: bool = False) -> Command:
    """Run Flask on gunicorn threads."""
    return lambda port: [
        *(sys.executable, "-m", "gunicorn", "tests.bench.apps.with_flask:app", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--threads", str(threads), "--worker-connections", "10000"),
        *("--backlog", "8192", "--log-level", "warning", *(("--access-logfile", "-") if log else ())),
    ]


def script(module: str, *, log: bool = False) -> Command:
    """Run a module that takes the port as its argument, and whether there is to be an access log."""
    return lambda port: [sys.executable, "-m", f"tests.bench.apps.{module}", str(port), *(["log"] if log else [])]


US = "this service"
KLEIN = "Klein on Site"
AIOHTTP = "aiohttp, uvloop"
#: Makes the command of each server, with or without an access log.
_PEERS: dict[str, Callable[..., Command]] = {
    US: this_service,
    f"{US}, asyncio": partial(this_service, "--reactor", "asyncio"),
    f"{US}, uvloop": partial(this_service, "--reactor", "uvloop"),
    KLEIN: partial(script, "with_klein"),
    "Starlette, uvicorn": partial(uvicorn, "with_starlette"),
    "FastAPI, uvicorn": partial(uvicorn, "with_fastapi"),
    "BlackSheep, uvicorn": partial(uvicorn, "with_blacksheep"),
    AIOHTTP: partial(script, "with_aiohttp"),
    "Sanic": partial(script, "with_sanic"),
    "Tornado": partial(script, "with_tornado"),
    "Flask, gunicorn threads": partial(gunicorn, 16),
}
PEERS = {name: make() for name, make in _PEERS.items()}
LOGGING = {name: make(log=True) for name, make in _PEERS.items()}
WAITING: dict[str, Callable[[int], Command]] = {
    US: lambda _: this_service("--im", "fake:?latency=0.1"),
    "Starlette, uvicorn": lambda _: uvicorn("with_starlette"),
    AIOHTTP: lambda _: script("with_aiohttp"),
    "threads of the standard library": lambda _: script("with_threads"),
    "Flask, gunicorn threads": gunicorn,
}
#: Those that ask a backend over a socket: this service through an IM service of the bench's own.
ON_A_SOCKET: dict[str, Command] = {
    US: script("with_lines"),
    "Starlette, uvicorn": uvicorn("with_starlette"),
    AIOHTTP: script("with_aiohttp"),
}
#: The servers whose instructions are counted: the leanest peers, and this service with and without its access log.
COUNTED: dict[str, Command] = {
    US: PEERS[US],
    f"{US}, with its access log": LOGGING[US],
    **{name: PEERS[name] for name in (AIOHTTP, "Sanic", "BlackSheep, uvicorn", "Starlette, uvicorn")},
}


def us_on(python: str) -> str:
    """Return the name of this service on another interpreter."""
    code = "import json, platform; print(json.dumps([platform.python_implementation(), platform.python_version()]))"
    name, version = json.loads(subprocess.check_output([python, "-c", code]))
    return f"{US}, {name} {version}"
