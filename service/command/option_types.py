"""Types of option values: each raises ``BadSetting`` for an invalid value, and says what it accepts."""

import math
import os
import re
import resource
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import click
from attrs import evolve, fields

from service.errors import BadRequest, BadSetting
from service.urls import WebAddress
from service.wire.limits import Limits

#: The largest limit, in bytes or seconds; larger values are capped.
MAX_LIMIT = 2**31
#: The longest time that a setting may name, in seconds.
MAX_SECONDS = 3600
#: Default connection limit, if there are enough file descriptors.
MAX_CONNECTIONS = 10_000
#: File descriptors reserved for everything but client connections.
OTHERS = 32
#: Origins of browser extensions and of applications in a web view.
_OTHER_ORIGIN = re.compile(r"(?!https?:|file:)[a-z][a-z0-9+.-]*://[a-z0-9._-]+(:[0-9]{1,5})?")


def flag_of(param: click.Parameter | None) -> str:
    """Return the flag of an option, such as ``--listen``."""
    assert param is not None
    return param.opts[0]


class Seconds(click.ParamType[float]):
    """A number of seconds, at most 3600; 0 is allowed only if ``zero``."""

    name = "seconds"

    def __init__(self, *, zero: bool = False) -> None:
        self.zero = zero

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> float:
        """Parse the number."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not (0 <= seconds <= MAX_SECONDS and (seconds or self.zero)):
            least = "at least 0" if self.zero else "more than 0"
            raise BadSetting(flag_of(param), value, f"seconds, {least} and at most {MAX_SECONDS}")
        return seconds


class LimitsOption(click.ParamType[Limits]):
    """Limits on clients, such as ``connections=500,body=0``: fields of ``Limits``, with hyphens or underscores."""

    name = "limits"

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> Limits:
        """Parse the named limits; the others keep their defaults."""
        if isinstance(value, Limits):
            return value
        default = default_limits()
        kinds = {field.name: type(getattr(default, field.name)) for field in fields(Limits)}
        limits: dict[str, Any] = {}
        try:
            for word in filter(None, value.split(",")):
                name, _, number = word.partition("=")
                name = name.strip().replace("-", "_")
                limits[name] = min(kinds[name](number), MAX_LIMIT)
            return evolve(default, **limits)
        except (ValueError, KeyError) as error:
            expected = f"numbers, above 0 except for body, pipelined and linger, for any of {', '.join(kinds)}"
            raise BadSetting(flag_of(param), value, expected) from error


def default_limits() -> Limits:
    """Compute the default limits; connections leave enough file descriptors for everything else."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return Limits(connections=MAX_CONNECTIONS)
    return Limits(connections=max(1, min(MAX_CONNECTIONS, descriptors * 3 // 4, descriptors - OTHERS)))


class Folder(click.ParamType[Path]):
    """A folder that exists and can be read."""

    name = "folder"

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> Path:
        """Check the folder, and make its path absolute."""
        if not Path(value).is_dir() or not os.access(value, os.R_OK | os.X_OK):
            raise BadSetting(flag_of(param), value, "a folder that exists and can be read")
        return Path(value).absolute()


class Networks(click.ParamType[tuple[IPv4Network | IPv6Network, ...]]):
    """Networks in CIDR notation, or addresses, separated by commas."""

    name = "networks"

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> Any:
        """Parse the networks."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(ip_network(word.strip()) for word in value.split(",") if word.strip())
        except ValueError as error:
            raise BadSetting(flag_of(param), value, "networks or addresses, such as 10.0.0.0/8,::1") from error


class Origins(click.ParamType[tuple[str, ...]]):
    """Origins as browsers send them, separated by commas or white space; or only ``*`` for any."""

    name = "origins"

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> tuple[str, ...]:
        """Parse the origins."""
        words = value.replace(",", " ").split()
        origins = tuple(origin for origin in map(as_origin, words) if origin is not None)
        if not origins or len(origins) < len(words):
            raise not_origins(param, value)
        return origins


def join_origins(_: click.Context, param: click.Parameter, lists: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Join the origins of several flags, each once."""
    origins = tuple(dict.fromkeys(origin for one in lists for origin in one))
    if "*" in origins and len(origins) > 1:
        raise not_origins(param, ",".join(origins))
    return origins


def not_origins(param: click.Parameter | None, value: str) -> BadSetting:
    """Make the error for what is not a list of origins."""
    expected = "origins such as https://chat.example.org (scheme, host and port, without a path), or only *"
    return BadSetting(flag_of(param), value, expected)


def as_origin(text: str) -> str | None:
    """Return an origin as browsers send it: in lower case, without the default port; None if it is not one."""
    if text == "*" or _OTHER_ORIGIN.fullmatch(text):
        return text
    try:
        address = WebAddress.parse(text)
    except BadRequest:
        return None
    origin = f"{address.scheme}://{address.authority}"
    return origin if address.text == f"{origin}/" and not text.endswith("/") and "*" not in text else None


class Word(click.ParamType[str]):
    """One of a fixed set of words."""

    name = "word"

    def __init__(self, *words: str) -> None:
        self.words = words

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002  click's own
        """Return what the help says after the option: the words."""
        return f"[{'|'.join(self.words)}]"

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> str:
        """Check the word."""
        if value not in self.words:
            raise BadSetting(flag_of(param), value, f"{', '.join(self.words[:-1])} or {self.words[-1]}")
        return str(value)
