"""Which backend a URL means: a literal table from scheme to dotted name, resolved when it is asked for."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from twisted.python.reflect import namedAny
from zope.interface.interface import InterfaceClass
from zope.interface.verify import verifyObject

from service.errors import BadSetting
from service.interfaces import IIMService, IPageFetcher, IUserDatabase


@frozen
class Kind:
    """A kind of backend: the flag that chooses it, what it provides, and its makers by scheme.

    A maker takes the URL and the reactor, and raises ``ValueError``, saying what is expected, if it does not
    like the URL.
    """

    flag: str
    interface: InterfaceClass
    makers: Mapping[str, str]


DATABASE = Kind("--database", IUserDatabase, {"fake": "fakes.database.FakeUserDatabase.from_url"})
IM = Kind("--im", IIMService, {"fake": "fakes.im.FakeIMService.from_url"})
PAGES = Kind(
    "--pages",
    IPageFetcher,
    {
        "fake": "fakes.pages.FakePageFetcher.from_url",
        "http": "service.backends.pages.PageFetcher.from_url",
    },
)


def make_backend(kind: Kind, url: str, reactor: Any) -> Any:
    """Make the backend that a URL means.

    :raise BadSetting: if the URL means none.
    """
    scheme = url.partition(":")[0]
    if scheme not in kind.makers:
        schemes = " or ".join(f"{known}:" for known in kind.makers)
        raise BadSetting(kind.flag, f"{scheme}:", f"a URL that begins with {schemes}")
    try:
        backend = namedAny(kind.makers[scheme])(url, reactor)
    except ValueError as error:
        raise BadSetting(kind.flag, url, str(error)) from error
    verifyObject(kind.interface, backend)
    return backend
