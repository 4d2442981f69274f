"""The tree of errors: each class has a status, a code and a message for the client.

::

    ServiceError                        500
    ├── BadRequest                      400  bad_request
    │   ├── MissingParameter            400  missing_parameter
    │   ├── RepeatedParameter           400  repeated_parameter
    │   ├── InvalidParameter            400  invalid_parameter
    │   ├── InvalidURL                  400  invalid_url
    │   └── UnsupportedScheme           400  unsupported_scheme
    ├── Unauthorised                    401  unauthorised
    ├── BlockedAddress                  403  blocked_address
    ├── BlockedPort                     403  blocked_port
    ├── NotLocal                        403  not_local
    ├── NotYours                        403  not_yours
    ├── NoSuchUser                      404  no_such_user
    ├── NoSuchRoute                     404  not_found
    ├── MethodNotAllowed                405  method_not_allowed
    ├── NotHTML                         422  not_html
    ├── UpstreamStatus                  422  upstream_status
    ├── RateLimited                     429  rate_limited
    ├── RefusedRequest                  500  (each has the status and code of its ``ProtocolError``)
    ├── ClientGone                      499  client_gone (only in the log: the client has disconnected)
    ├── InternalError                   500  internal_error
    ├── BackendError                    502  backend_error
    │   └── PageError                   502
    │       ├── DNSError                502  dns_error
    │       ├── ConnectError            502  connect_error
    │       ├── TLSError                502  tls_error
    │       ├── BadResponse             502  bad_response
    │       ├── BadRedirect             502  bad_redirect
    │       └── TooManyRedirects        502  too_many_redirects
    ├── Overloaded                      503  overloaded
    ├── Draining                        503  draining
    ├── KeysUnavailable                 503  keys_unavailable
    ├── StoppedByHand                   503  stopped_by_hand
    └── TimedOut                        504  timeout

The text of a ServiceError is shown to the client: never put the text of a library's exception into it. The
cause is logged, by ``raise ... from cause``.
"""

from service.errors.backend import (
    BackendError as BackendError,
    Draining as Draining,
    KeysUnavailable as KeysUnavailable,
    Overloaded as Overloaded,
    RateLimited as RateLimited,
    StoppedByHand as StoppedByHand,
    TimedOut as TimedOut,
    or_time_out as or_time_out,
)
from service.errors.base import (
    BadSetting as BadSetting,
    InternalError as InternalError,
    Members as Members,
    ServiceError as ServiceError,
    UnusableSetting as UnusableSetting,
)
from service.errors.page import (
    BadRedirect as BadRedirect,
    BadResponse as BadResponse,
    BlockedAddress as BlockedAddress,
    BlockedPort as BlockedPort,
    ConnectError as ConnectError,
    DNSError as DNSError,
    InvalidURL as InvalidURL,
    NotHTML as NotHTML,
    PageError as PageError,
    TLSError as TLSError,
    TooManyRedirects as TooManyRedirects,
    UnsupportedScheme as UnsupportedScheme,
    UpstreamStatus as UpstreamStatus,
)
from service.errors.request import (
    BadRequest as BadRequest,
    ClientGone as ClientGone,
    InvalidParameter as InvalidParameter,
    MethodNotAllowed as MethodNotAllowed,
    MissingParameter as MissingParameter,
    NoSuchRoute as NoSuchRoute,
    NoSuchUser as NoSuchUser,
    NotLocal as NotLocal,
    NotYours as NotYours,
    RefusedRequest as RefusedRequest,
    RepeatedParameter as RepeatedParameter,
    Unauthorised as Unauthorised,
)
