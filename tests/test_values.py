"""Values: validated on creation, and immutable."""

import pytest
from attrs.exceptions import FrozenInstanceError

from service.values import Contact, User


@pytest.mark.parametrize("name", ["", None, 7])
def test_no_nonsense(name: object) -> None:
    """A value without a name cannot be created."""
    with pytest.raises((ValueError, TypeError)):
        Contact(name)  # type: ignore[arg-type]  # that is the point
    with pytest.raises((ValueError, TypeError)):
        User("dustin", name)  # type: ignore[arg-type]  # likewise


def test_frozen() -> None:
    """A value is immutable."""
    with pytest.raises(FrozenInstanceError):
        User("dustin", "Dustin").name = "Karl"  # type: ignore[misc]  # that is the point
