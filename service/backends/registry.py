"""Which backend a URL means: a literal table from scheme to dotted name, resolved when it is asked for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import frozen
from twisted.python.reflect import namedAny
from zope.interface.interface import InterfaceClass
from zope.interface.verify import verifyObject

from service.errors import BadSetting
from service.interfaces import IIMService, IPageFetcher, IUserDatabase
from service.urls import without_secrets


@frozen
class Kind:
    """A kind of backend: the flag that chooses it, what it provides, and its makers by scheme.

    A maker takes the URL and the reactor, and raises ``ValueError``, saying what is expected, if it does not
    like the URL.
    """

    flag: str
    interface: InterfaceClass
    makers: Mapping[str, str]


DATABASE = Kind(
    "--database",
    IUserDatabase,
    {
        "fake": "fakes.database.FakeUserDatabase.from_url",
        "sqlite": "service.backends.sqlite.database.SQLiteUserDatabase.from_url",
        "postgresql": "service.backends.postgresql.database.PostgreSQLUserDatabase.from_url",
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
    {
        "fake": "fakes.pages.FakePageFetcher.from_url",
        "http": "service.backends.pages.fetcher.PageFetcher.from_url",
    },
)
#: Scheme -> the module with what an operator does to such a database.
ADMINISTRATIONS = {
    "sqlite": "service.backends.sqlite.administration",
    "postgresql": "service.backends.postgresql.administration",
}
#: Scheme -> the extra that brings what it needs, where it needs one.
EXTRAS = {"postgresql": "postgres"}


def make_backend(kind: Kind, url: str, reactor: Any) -> Any:
    """Make the backend that a URL means.

    :raise BadSetting: if the URL means none.
    """
    maker = find_by_scheme(kind.flag, url, kind.makers)
    with complaining_of(kind.flag, url):
        backend = maker(url, reactor)
    verifyObject(kind.interface, backend)
    return backend


@contextmanager
def complaining_of(flag: str, url: str) -> Iterator[None]:
    """Say of which flag's URL a ``ValueError`` is, and show no secret of it.

    :raise BadSetting: in the place of the ``ValueError``.
    """
    try:
        yield
    except ValueError as error:
        raise BadSetting(flag, without_secrets(url), str(error)) from error


def administration_of(url: str) -> Any:
    """Find the module that administers the database that a URL means: it has ``migrate`` and ``import_users``.

    :raise BadSetting: if the URL means none that can be.
    """
    return find_by_scheme(DATABASE.flag, url, ADMINISTRATIONS)


def find_by_scheme(flag: str, url: str, names: Mapping[str, str]) -> Any:
    """Find what stands for the scheme of a URL, by its dotted name.

    :raise BadSetting: if nothing does, or if what it needs is not installed.
    """
    scheme = url.partition(":")[0]
    if scheme not in names:
        schemes = " or ".join(f"{known}:" for known in names)
        raise BadSetting(flag, f"{scheme}:", f"a URL that begins with {schemes}")
    try:
        return namedAny(names[scheme])
    except ImportError as error:
        expected = f"the extra: pip install 'ajax-contacts[{EXTRAS[scheme]}]'"
        raise BadSetting(flag, f"{scheme}:", expected) from error
