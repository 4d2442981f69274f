"""What an endpoint takes and returns, declared beside its route."""

from collections.abc import Callable, Mapping
from inspect import isfunction
from typing import Any, TypeVar, get_type_hints

from attrs import frozen

from service.errors import (
    BackendError,
    BadRedirect,
    BadRequest,
    BadResponse,
    BlockedAddress,
    BlockedPort,
    ConnectError,
    DNSError,
    Draining,
    InternalError,
    InvalidURL,
    KeysUnavailable,
    NotHTML,
    Overloaded,
    RateLimited,
    ServiceError,
    StoppedByHand,
    TimedOut,
    TLSError,
    TooManyRedirects,
    Unauthorised,
    UnsupportedScheme,
    UpstreamStatus,
)
from service.web.parameters import Parameter

#: Errors of endpoints that are for callers who are known.
CALLER = (BadRequest, Unauthorised, KeysUnavailable)
#: Errors of endpoints that wait.
CANCELLED = (Draining, StoppedByHand)
#: Errors of endpoints that ask the user database or the IM service.
BACKEND = (InternalError, BackendError, RateLimited, TimedOut, *CANCELLED)
#: Errors of fetching a page.
PAGE = (
    *(InvalidURL, UnsupportedScheme, BlockedAddress, BlockedPort, NotHTML, UpstreamStatus),
    *(DNSError, ConnectError, TLSError, BadResponse, BadRedirect, TooManyRedirects),
    *(InternalError, Overloaded, RateLimited, TimedOut, *CANCELLED),
)

E = TypeVar("E", bound=Callable[..., Any])


@frozen(kw_only=True)
class Operation:
    """What an endpoint takes and returns.

    ``body`` is the shape of its successful response, a ``TypedDict``; for a stream of events, their types by name.
    ``tagged`` says that it has an ETag, ``empty`` when the status is 204, None for never.
    """

    body: type | Mapping[str, type]
    parameters: tuple[Parameter, ...]
    errors: tuple[type[ServiceError], ...]
    tagged: bool
    empty: str | None


def described(
    body: Any,
    *parameters: Parameter,
    errors: tuple[type[ServiceError], ...] = (),
    tagged: bool = False,
    empty: str | None = None,
) -> Callable[[E], E]:
    """Declare what an endpoint takes and returns.

    :param body: the function that shapes the body of its response, or the shape itself, as in ``Operation``.
    :param errors: its errors, but for those of its parameters.
    """
    shape = get_type_hints(body)["return"] if isfunction(body) else body
    operation = Operation(body=shape, parameters=parameters, errors=errors, tagged=tagged, empty=empty)

    def declare(endpoint: E) -> E:
        endpoint.operation = operation  # type: ignore[attr-defined]  # read by operation_of
        return endpoint

    return declare


def operation_of(endpoint: Callable[..., Any]) -> Operation | None:
    """Return what an endpoint takes and returns; None if it is not part of the API."""
    return getattr(endpoint, "operation", None)
