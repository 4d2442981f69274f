"""Values: checked when they are made, and never changed."""

import pytest
from attrs.exceptions import FrozenInstanceError

from service.values import Contact, User


@pytest.mark.parametrize("name", ["", None, 7])
def test_no_nonsense(name: object) -> None:
    """What has no name cannot be made."""
    with pytest.raises((ValueError, TypeError)):
        Contact(name)  # type: ignore[arg-type]  # that is the point
    with pytest.raises((ValueError, TypeError)):
        User("dustin", name)  # type: ignore[arg-type]  # here, too


def test_frozen() -> None:
    """A value does not change."""
    with pytest.raises(FrozenInstanceError):
        User("dustin", "Dustin").name = "Karl"  # type: ignore[misc]  # that is the point
