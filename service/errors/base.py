"""What every error of ours has."""

from collections.abc import Mapping


class ServiceError(Exception):
    """An error reported to the client: ``error`` is a sentence for it, ``members`` extend the problem document.

    ``headers`` go into the response.
    """

    status: int = 500
    code: str
    title: str
    headers: Mapping[bytes, bytes] = {}

    def __init__(self, error: str, **members: str | int) -> None:
        super().__init__(error)
        self.error = error
        self.members: Mapping[str, str | int] = members


class BadSetting(Exception):
    """A setting has a value that it cannot have: nothing that the browser will see, for nothing starts."""

    def __init__(self, flag: str, value: str, expected: str) -> None:
        super().__init__(f"{flag} {value!r}: expected {expected}")


class InternalError(ServiceError):
    """A mistake of ours."""

    code = "internal_error"
    title = "Internal error"
