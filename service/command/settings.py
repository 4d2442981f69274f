"""Settings: what the operator has chosen, whatever it was chosen with."""

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from attrs import field, frozen

from service.backends.registry import without_else
from service.errors import UnusableSetting
from service.urls import without_secrets
from service.wire.limits import Limits

PROGRAM = "ajax-contacts"
#: The default source of pages where all other backends are fakes: the pages of the fake, and the web for all others.
FAKES_FIRST = "fake:?else=http:"
_ON_LOOPBACK = re.compile(r":interface=(127\.0\.0\.1|localhost|\\:\\:1)(:|$)")


def is_fake(url: str) -> bool:
    """Return whether a backend's URL is that of a fake."""
    return url.startswith("fake:")


def default_pages(database: str, im: str, clock: str) -> str:
    """Return the source of pages if none is given."""
    if clock == "manual":
        return "fake:"
    return FAKES_FIRST if is_fake(database) and is_fake(im) else "http:"


def without_secrets_repr(url: str) -> str:
    """Format a URL with passwords and tokens redacted."""
    return repr(without_secrets(url))


@frozen(kw_only=True)
class Settings:
    """The operator's settings, with times in seconds; ``watch`` is None for a temporary folder.

    ``allow_origin`` are origins, or only ``*``; empty if it is not given. So are ``auth`` and ``admin`` None.
    ``clock`` is real or manual. ``inherit`` is the descriptor of a listening socket inherited from another process,
    or None.
    """

    listen: str
    database: str = field(repr=without_secrets_repr)
    im: str = field(repr=without_secrets_repr)
    pages: str
    watch: Path | None
    deadline: float
    wait: float
    linger: float
    grace: float
    in_flight: int
    streams: int
    streams_per_client: int
    trust_proxy: tuple[IPv4Network | IPv6Network, ...]
    allow_origin: tuple[str, ...]
    auth: str | None
    limits: Limits
    processes: int
    reactor: str
    inherit: int | None
    clock: str
    admin: str | None
    metrics: str
    xray: str
    stalls: float
    access_log: str
    log_format: str
    log_usernames: bool

    def check(self) -> None:
        """Check that the settings go together.

        :raise UnusableSetting: if they do not.
        """
        if self.clock != "manual":
            return
        for flag, url in (("--database", self.database), ("--im", self.im), ("--pages", self.pages)):
            if not is_fake(url) or without_else(url)[1] is not None:
                problem = f"needs fakes, because real servers have their own time: {flag} is {without_secrets(url)}"
                raise UnusableSetting("--clock", self.clock, problem)
        if self.processes > 1:
            raise UnusableSetting("--clock", self.clock, "needs --processes 1, because each process has its own time")

    @property
    def has_fake_people(self) -> bool:
        """Whether database and IM service are fakes, so that no real contacts are at stake."""
        return is_fake(self.database) and is_fake(self.im)

    @property
    def is_controlled(self) -> bool:
        """Whether tests can control the service: on fakes, in one process."""
        return self.has_fake_people and self.processes == 1 and self.inherit is None

    @property
    def makes_files(self) -> bool:
        """Whether the page can make files in the watched folder: in the temporary one, which is the service's own."""
        return self.is_controlled and self.watch is None

    @property
    def is_measured(self) -> bool:
        """Whether there are metrics; ``auto``: if there is an admin endpoint, where they can be read."""
        return self.metrics == "on" or (self.metrics == "auto" and self.admin is not None)

    @property
    def takes_tokens(self) -> bool:
        """Whether callers are known by a token."""
        return self.auth is not None and self.auth.startswith("jwt:")

    @property
    def is_watched(self) -> bool:
        """Whether X-ray is on; ``auto``: if database and IM service are fakes, on localhost, in one process."""
        if self.xray != "auto":
            return self.xray == "on"
        here = _ON_LOOPBACK.search(self.listen) is not None
        return self.has_fake_people and here and self.processes == 1 and self.inherit is None
