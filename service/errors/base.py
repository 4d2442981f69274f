"""What every error of ours has."""

from collections.abc import Mapping
from typing import ClassVar


class ServiceError(Exception):
    """Something that has a name: ``error`` is the browser's sentence, ``members`` more for its problem document."""

    status: ClassVar[int] = 500
    code: ClassVar[str]
    title: ClassVar[str]

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
