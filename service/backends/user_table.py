"""The table of users, in whichever database it is."""

from typing import Any

from service.errors import BackendError
from service.values import User

#: What the database is called in plain words.
BACKEND = "user database"


def as_user(row: Any) -> User | None:
    """Make a user of a row of username and name, None of none."""
    return None if row is None else User(*row)


def not_set_up() -> BackendError:
    """Make the error for a database without the table."""
    return BackendError(BACKEND, "has not been set up: ajax-contacts migrate does that")
