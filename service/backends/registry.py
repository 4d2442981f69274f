"""The backend registry: a table from URL scheme to dotted name, which is resolved on use."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from platform import python_implementation
from typing import Any
from urllib.parse import parse_qsl, urlencode

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.python.reflect import namedAny
from zope.interface.interface import InterfaceClass
from zope.interface.verify import verifyObject

from service.errors import BadSetting
from service.interfaces import IIMService, IPageFetcher, IUserDatabase
from service.urls import without_secrets


@frozen
class Kind:
    """A kind of backend: its command-line flag, its interface and its makers by URL scheme.

    A maker takes the URL and the reactor. If the URL is invalid it raises ``ValueError``, whose text says what is
    expected. Those of ``partial`` schemes also take ``others``, a backend for what theirs does not know: their URLs may
    have the option ``else``, which is the URL of that one.
    """

    flag: str
    interface: InterfaceClass
    makers: Mapping[str, str]
    partial: frozenset[str] = frozenset()


DATABASE = Kind(
    "--database",
    IUserDatabase,
    {
        "fake": "fakes.database.FakeUserDatabase.from_url",
        "sqlite": "service.backends.sqlite.database.SQLiteUserDatabase.from_url",
        "postgresql": "service.backends.postgresql.database.PostgreSQLUserDatabase.from_url",
        "postgres": "service.backends.postgresql.database.PostgreSQLUserDatabase.from_url",
    },
)
IM = Kind(
    "--im",
    IIMService,
    {
        "fake": "fakes.im.FakeIMService.from_url",
        "ejabberd+http": "service.backends.ejabberd.im_service.EjabberdIMService.from_url",
        "ejabberd+https": "service.backends.ejabberd.im_service.EjabberdIMService.from_url",
    },
)
PAGES = Kind(
    "--pages",
    IPageFetcher,
    {"fake": "fakes.pages.FakePageFetcher.from_url", "http": "service.backends.pages.fetcher.PageFetcher.from_url"},
    partial=frozenset(("fake",)),
)
#: What requests have faults of their connections with, where database and IM service are fakes.
FAULTY_CONNECTIONS = "fakes.connections.FaultyConnections"
#: Scheme -> the module that migrates such a database and imports users.
ADMINISTRATIONS = {
    "sqlite": "service.backends.sqlite.administration",
    "postgresql": "service.backends.postgresql.administration",
    "postgres": "service.backends.postgresql.administration",
}
#: Scheme -> the pip extra that it needs, if any.
EXTRAS = {"postgresql": "postgres", "postgres": "postgres"}


def make_backend(kind: Kind, url: str, reactor: Any) -> Any:
    """Make the backend for a URL.

    :raise BadSetting: if the URL is invalid, or its optional dependency is not installed.
    """
    maker = find_by_scheme(kind.flag, url, kind.makers)
    more = {}
    if url.partition(":")[0] in kind.partial:
        url, other = without_else(url)
        if other is not None:
            more["others"] = make_backend(kind, other, reactor)
    with complaining_of(kind.flag, url):
        backend = maker(url, reactor, **more)
    verifyObject(kind.interface, backend)
    return backend


def make_faulty_connections(clock: IReactorTime) -> Any:
    """Make what gives requests the connections that they ask for: see ``fakes/connections.py``."""
    return namedAny(FAULTY_CONNECTIONS)(clock)


def without_else(url: str) -> tuple[str, str | None]:
    """Split the option ``else`` off a URL, None if there is not one."""
    start, _, query = url.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if "else" not in options:
        return url, None
    other = options.pop("else")
    return f"{start}?{urlencode(options)}", other


@contextmanager
def complaining_of(flag: str, url: str) -> Iterator[None]:
    """Re-raise ``ValueError`` as ``BadSetting`` for this flag, with secrets redacted."""
    try:
        yield
    except ValueError as error:
        raise BadSetting(flag, without_secrets(url), str(error)) from error


def administration_of(url: str) -> Any:
    """Find the administration module for a database URL: it has ``migrate`` and ``import_users``.

    :raise BadSetting: if the scheme does not have one, or its optional dependency is not installed.
    """
    return find_by_scheme(DATABASE.flag, url, ADMINISTRATIONS)


def find_by_scheme(flag: str, url: str, names: Mapping[str, str]) -> Any:
    """Resolve the dotted name for the scheme of a URL.

    :raise BadSetting: if the scheme is unknown, or its optional dependency is not installed.
    """
    scheme = url.partition(":")[0]
    if scheme not in names:
        schemes = " or ".join(f"{known}:" for known in names)
        raise BadSetting(flag, f"{scheme}:", f"a URL that begins with {schemes}")
    try:
        return namedAny(names[scheme])
    except ImportError as error:
        raise BadSetting(flag, f"{scheme}:", how_to_get(EXTRAS[scheme])) from error


def how_to_get(extra: str) -> str:
    """Say how a package that could not be imported is installed, if it can be."""
    if python_implementation() == "PyPy":
        return f"CPython, since what the extra {extra} installs does not support PyPy"
    return f"its optional dependency: pip install 'ajax-contacts[{extra}]'"
