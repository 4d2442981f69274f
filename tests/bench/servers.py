"""The servers to compare: each is a command that listens on a port."""

import sys
from collections.abc import Callable

Command = Callable[[int], list[str]]


def this_service(*flags: str) -> Command:
    """Run this service without X-ray and without an access log, as the other servers run."""
    return lambda port: [
        *(sys.executable, "-m", "service", "--listen", f"tcp:{port}:interface=127.0.0.1:backlog=8192"),
        *("--access-log", "off", "--xray", "off", "--in-flight", "10000", *flags),
    ]


def uvicorn(module: str) -> Command:
    """Run an ASGI application on uvicorn, with httptools and uvloop."""
    return lambda port: [
        *(sys.executable, "-m", "uvicorn", f"tests.bench.apps.{module}:app", "--port", str(port)),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning", "--backlog", "8192"),
    ]


def gunicorn(threads: int) -> Command:
    """Run Flask on gunicorn threads."""
    return lambda port: [
        *(sys.executable, "-m", "gunicorn", "tests.bench.apps.with_flask:app", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--threads", str(threads), "--worker-connections", "10000"),
        *("--backlog", "8192", "--log-level", "warning"),
    ]


def script(module: str) -> Command:
    """Run a module that takes the port as its argument."""
    return lambda port: [sys.executable, "-m", f"tests.bench.apps.{module}", str(port)]


US = "this service"
KLEIN = "Klein on Site"
AIOHTTP = "aiohttp, uvloop"
PEERS: dict[str, Command] = {
    US: this_service(),
    f"{US}, asyncio": this_service("--reactor", "asyncio"),
    f"{US}, uvloop": this_service("--reactor", "uvloop"),
    KLEIN: script("with_klein"),
    "Starlette, uvicorn": uvicorn("with_starlette"),
    "FastAPI, uvicorn": uvicorn("with_fastapi"),
    "BlackSheep, uvicorn": uvicorn("with_blacksheep"),
    AIOHTTP: script("with_aiohttp"),
    "Sanic": script("with_sanic"),
    "Tornado": script("with_tornado"),
    "Flask, gunicorn threads": gunicorn(16),
}
WAITING: dict[str, Callable[[int], Command]] = {
    US: lambda _: this_service("--im", "fake:?latency=0.1"),
    "Starlette, uvicorn": lambda _: uvicorn("with_starlette"),
    AIOHTTP: lambda _: script("with_aiohttp"),
    "threads of the standard library": lambda _: script("with_threads"),
    "Flask, gunicorn threads": gunicorn,
}
#: The servers whose instructions are counted: the leanest peers, and this service with and without its access log.
COUNTED: dict[str, Command] = {
    US: PEERS[US],
    f"{US}, with its access log": this_service("--access-log", "on"),
    **{name: PEERS[name] for name in (AIOHTTP, "Sanic", "BlackSheep, uvicorn", "Starlette, uvicorn")},
}
