"""Fault injection by name."""

import re

import pytest
from hypothesis import example, given, strategies as st

from fakes.faults import FAULTLESS, Faults, add_faults, parse_faults, split_name

WORDS = st.sampled_from(
    ["slow", "hang", "down", "raise", "malformed", "unserialisable", "flaky", "slow=2.5", "flaky=0.3"]
)


@pytest.mark.parametrize(
    ("asked", "plain", "faults"),
    [
        ("dustin", "dustin", FAULTLESS),
        ("dustin~slow", "dustin", Faults(slow=1)),
        ("dustin~slow=2.5", "dustin", Faults(slow=2.5)),
        ("dustin~hang", "dustin", Faults(hang=True)),
        ("dustin~down", "dustin", Faults(down=True)),
        ("dustin~raise", "dustin", Faults(bug=True)),
        ("dustin~malformed", "dustin", Faults(malformed=True)),
        ("dustin~unserialisable", "dustin", Faults(unserialisable=True)),
        ("dustin~flaky", "dustin", Faults(flaky=0.5)),
        ("dustin~flaky=0.3", "dustin", Faults(flaky=0.3)),
        ("dustin~slow=1~down", "dustin", Faults(slow=1, down=True)),
        ("dustin~overloaded~unauthorised", "dustin", Faults(overloaded=True, unauthorised=True)),
        ("dustin~limited", "dustin", Faults(limited=1)),
        ("dustin~limited=20", "dustin", Faults(limited=20)),
        ("dustin~fail", "dustin", Faults(fail=1)),
        ("dustin~drip", "dustin", Faults(drip=100)),
        ("dustin~html~reset~truncated", "dustin", Faults(html=True, reset=True, truncated=True)),
        ("http://buildbot.net/~slow", "http://buildbot.net/", Faults(slow=1)),
    ],
)
def test_a_name_with_faults(asked: str, plain: str, faults: Faults) -> None:
    """A fault follows a tilde, its number follows an equals sign, and faults can be combined."""
    assert split_name(asked) == (plain, faults)


ALL = (
    "there are slow, flaky, hang, down, raise, malformed, unserialisable, overloaded, limited, unauthorised, fail, "
    "html, reset, truncated, drip"
)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("dustin~dwon", "dwon (did you mean down?)"),
        ("dustin~DOWN", f"DOWN ({ALL})"),
        ("dustin~slwo=1", "slwo (did you mean slow?)"),
        ("dustin~unserializable", "unserializable (did you mean unserialisable?)"),
        ("dustin~xyz", f"xyz ({ALL})"),
        ("dustin~", f" ({ALL})"),
        ("dustin~down~", f" ({ALL})"),
        ("dustin~~down", f" ({ALL})"),
        ("dustin~slow=", "slow= (slow takes seconds, from 0 to 3600)"),
        ("dustin~slow=abc", "slow=abc (slow takes seconds, from 0 to 3600)"),
        ("dustin~slow=-1", "slow=-1 (slow takes seconds, from 0 to 3600)"),
        ("dustin~slow=nan", "slow=nan (slow takes seconds, from 0 to 3600)"),
        ("dustin~slow=inf", "slow=inf (slow takes seconds, from 0 to 3600)"),
        ("dustin~slow=3601", "slow=3601 (slow takes seconds, from 0 to 3600)"),
        ("dustin~flaky=1.5", "flaky=1.5 (flaky takes a share, from 0 to 1)"),
        ("dustin~hang=1", "hang=1 (hang takes no number)"),
        ("dustin~limited=0", "limited=0 (limited takes whole seconds, from 1 to 3600)"),
        ("dustin~limited=1.5", "limited=1.5 (limited takes whole seconds, from 1 to 3600)"),
        ("dustin~fail=0", "fail=0 (fail takes a number of calls, from 1 to 1000)"),
        ("dustin~fail=-1", "fail=-1 (fail takes a number of calls, from 1 to 1000)"),
        ("dustin~fail=²", "fail=² (fail takes a number of calls, from 1 to 1000)"),
        ("dustin~drip=0", "drip=0 (drip takes bytes a second, from 1 to 1000000)"),
        ("dustin~reset=1", "reset=1 (reset takes no number)"),
        ("dustin~hang=", "hang= (hang takes no number)"),
    ],
)
def test_a_misspelt_fault(asked: str, problem: str) -> None:
    """A fault that is unknown or has an invalid number is an error that says what was meant."""
    with pytest.raises(ValueError, match=f"^{re.escape(f'no such fault: {problem}')}$"):
        split_name(asked)


@given(st.text())
@example("~")
def test_any_name_at_all(asked: str) -> None:
    """A name without a tilde has no faults; any other has faults, or is an error."""
    try:
        plain, faults = split_name(asked)
    except ValueError as error:
        assert "~" in asked
        assert str(error).startswith("no such fault: ")
    else:
        assert asked.startswith(plain)
        assert "~" in asked or (plain, faults) == (asked, FAULTLESS)


@given(st.text().filter(lambda name: "~" not in name), st.lists(WORDS, min_size=1))
def test_any_combination(plain: str, words: list[str]) -> None:
    """Faults can be combined in any order and number, and do not change the plain name."""
    assert split_name("~".join([plain, *words])) == (plain, parse_faults("~".join(words)))


def test_faults_of_a_backend_and_of_a_name() -> None:
    """Combined faults have the longer wait and the larger share."""
    added = add_faults(Faults(slow=2, flaky=0.1), Faults(slow=1, flaky=0.2, down=True))
    assert added == Faults(slow=2, flaky=0.2, down=True)


@pytest.mark.parametrize(
    ("faults", "first", "later"),
    [
        (Faults(slow=1), Faults(slow=1), Faults(slow=1)),
        (Faults(fail=2), Faults(fail=2, down=True), FAULTLESS),
        (Faults(fail=2, slow=1), Faults(fail=2, slow=1, down=True), Faults(slow=1)),
        (Faults(fail=2, limited=3), Faults(fail=2, limited=3), FAULTLESS),
        (Faults(fail=2, reset=True), Faults(fail=2, reset=True), FAULTLESS),
    ],
)
def test_the_first_calls(faults: Faults, first: Faults, later: Faults) -> None:
    """With ``fail``, the first calls have the other faults, or fail as ``down`` does; later ones can only be slow."""
    assert [faults.at_call(number) for number in (1, 2, 3)] == [first, first, later]
