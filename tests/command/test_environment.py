"""Environment variables that look like settings: misspelt ones, unknown ones, and those of Kubernetes."""

import click
import pytest

from service.command.environment import distance, names_of, unknown_variables
from service.command.flags import command
from tests.service_process import run_in_process


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("AJAX_CONTACTS_DEADLNE", "AJAX_CONTACTS_DEADLINE"),
        ("AJAX_CONTACTS_LISTEM", "AJAX_CONTACTS_LISTEN"),
        ("AJAX_CONTACTS_IN_FLIHGT", "AJAX_CONTACTS_IN_FLIGHT"),
        ("AJAX_CONTACTS_TRUSTED_PROXY", "AJAX_CONTACTS_TRUST_PROXY"),
        ("AJAX_CONTACTS_LOG_USERNAME", "AJAX_CONTACTS_LOG_USERNAMES"),
    ],
)
def test_a_misspelt_setting(misspelt: str, meant: str) -> None:
    """A variable that is nearly a setting is refused with the one that was meant, and without its value."""
    code, out, err = run_in_process(environment={misspelt: "secret"})
    assert (code, out) == (2, "")
    assert err == f"ajax-contacts: unknown setting {misspelt}; did you mean {meant}?\n"


def test_a_misspelt_setting_of_a_subcommand() -> None:
    """Subcommands refuse it, too."""
    assert run_in_process("health", AJAX_CONTACTS_LISTN="tcp:80")[0] == 2


def test_an_unknown_setting() -> None:
    """Other unknown variables are ignored with one warning, before anything else is said."""
    wrong = ("--reactor", "epoll", "--database", "postgresql://x/y")
    code, _, err = run_in_process(*wrong, AJAX_CONTACTS_COLOUR="red", AJAX_CONTACTS_TASTE="x")
    first, second = err.splitlines()
    assert first == "ajax-contacts: ignored unknown settings: AJAX_CONTACTS_COLOUR, AJAX_CONTACTS_TASTE"
    assert second.startswith("ajax-contacts: --reactor")
    assert code == 2


@pytest.mark.parametrize(
    "name",
    [
        "AJAX_CONTACTS_SERVICE_HOST",
        "AJAX_CONTACTS_SERVICE_PORT",
        "AJAX_CONTACTS_SERVICE_PORT_HTTP",
        "AJAX_CONTACTS_PORT",
        "AJAX_CONTACTS_PORT_8080_TCP",
        "AJAX_CONTACTS_PORT_8080_TCP_ADDR",
        "AJAX_CONTACTS_IM_SERVICE_HOST",
        "AJAX_CONTACTS_IM_PORT_5280_TCP_PROTO",
        "AJAX_CONTACTS_DEADLINE",
        "AJAX_CONTACTS_MIGRATE_DATABASE",
        "AJAX_CONTACTS_IMPORT_USERS_DATABASE",
        "AJAX_CONTACTS_HEALTH_URL",
        "OTHER_DEADLNE",
    ],
)
def test_known_names(name: str) -> None:
    """Settings are known, those of subcommands too, and so is what Kubernetes adds for a Service of this name."""
    assert unknown_variables({name: "x"}, names_of(command)) == []


@pytest.mark.parametrize("name", ["AJAX_CONTACTS_PORTS", "AJAX_CONTACTS_SERVICE_HOSTS", "AJAX_CONTACTS_PORT_TCP"])
def test_nearly_kubernetes(name: str) -> None:
    """What only resembles a name of Kubernetes is unknown."""
    assert unknown_variables({name: "x"}, names_of(command)) == [name]


def test_two_letters_away() -> None:
    """A name is misspelt if it differs by at most two letters."""
    with pytest.raises(click.UsageError, match="did you mean AJAX_CONTACTS_PAGES"):
        unknown_variables({"AJAX_CONTACTS_PAHE": ""}, names_of(command))
    assert unknown_variables({"AJAX_CONTACTS_PAXYZ": ""}, names_of(command)) == ["AJAX_CONTACTS_PAXYZ"]


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [("", "", 0), ("a", "", 1), ("abc", "abd", 1), ("abc", "bcd", 2), ("kitten", "sitting", 3)],
)
def test_the_distance(one: str, other: str, letters: int) -> None:
    """The distance is the number of letters to insert, remove or replace."""
    assert distance(one, other) == distance(other, one) == letters


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_help(flag: str) -> None:
    """The help lists the words that an option takes, and the limits with their defaults."""
    code, out, _ = run_in_process(flag)
    words = " ".join(out.split())
    assert code == 0
    for shown in (
        "[auto|epoll|asyncio|uvloop]",
        "[on|off|auto]",
        "[text|json]",
        "request_line=8192",
        "idle_deadline=15",
    ):
        assert shown in words
