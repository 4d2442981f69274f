"""The example queries of the fakes."""

from attrs import asdict

from fakes.faults import Faults, split_name
from fakes.people import KNOWN_PEOPLE
from fakes.suggestions import suggest_usernames


def test_every_fault_is_suggested() -> None:
    """Every fault is among the suggestions."""
    suggested = [split_name(suggestion.value)[1] for suggestion in suggest_usernames(KNOWN_PEOPLE)]
    for fault in asdict(Faults()):
        assert any(getattr(faults, fault) for faults in suggested), fault
