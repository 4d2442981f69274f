"""The base class of the service's errors, and two that every part can raise."""

from collections.abc import Mapping
from typing import Annotated, TypedDict, Unpack


class Members(TypedDict, total=False):
    """Members by which an error extends its problem document."""

    parameter: Annotated[str, "the parameter that is wrong"]
    backend: Annotated[str, "the backend that failed"]
    upstream_status: Annotated[int, "the status that the web server of the page sent"]


class ServiceError(Exception):
    """An error reported to the client; each class is defined with its ``status``, ``code`` and ``title``.

    ``meaning``, ``when`` it happens and ``advice`` explain the class to authors of clients. ``error`` is the message of
    one error; ``members`` extend its problem document, and ``headers`` the response.
    """

    status: int = 500
    code: str
    title: str
    meaning: str
    when: str
    advice: str
    headers: Mapping[bytes, bytes] = {}

    def __init_subclass__(cls, *, retry_after: int | None = None, **attributes: str | int) -> None:
        for name, value in attributes.items():
            setattr(cls, name, value)
        if retry_after is not None:
            cls.headers = {b"Retry-After": b"%d" % retry_after}

    def __init__(self, error: str, **members: Unpack[Members]) -> None:
        super().__init__(error)
        self.error = error
        self.members: Members = members

    @property
    def with_cause(self) -> str:
        """The message and, if there is one, the exception that caused the error: for the log."""
        return self.error if self.__cause__ is None else f"{self.error}: {self.__cause__!r}"


class BadSetting(Exception):
    """A setting with an invalid value; the service does not start, so no client sees it."""

    def __init__(self, flag: str, value: str, expected: str) -> None:
        super().__init__(f"{flag} {value!r}: expected {expected}")


class UnusableSetting(BadSetting):
    """A setting with a valid value that cannot be used here; ``problem`` says why."""

    def __init__(self, flag: str, value: str, problem: str) -> None:
        Exception.__init__(self, f"{flag} {value!r}: {problem}")


class InternalError(ServiceError, code="internal_error", title="Internal error"):
    """A bug in the service."""

    meaning = "This service has a bug."
    when = "An unexpected exception was raised."
    advice = "Report it with the request_id: the log has the details under it."
