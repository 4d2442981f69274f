"""Environment variables that look like settings: misspelt ones are refused, unknown ones are reported."""

import re
from collections.abc import Iterable, Mapping

import click

PREFIX = "AJAX_CONTACTS_"
#: What Kubernetes adds to the environment of every container for a Service whose name begins with ajax-contacts.
_KUBERNETES = re.compile(r".*_SERVICE_HOST|.*_SERVICE_PORT(_.*)?|.*_PORT(_[0-9]+_.*)?")
#: Letters by which a name may differ from the one that was meant.
_NEAR = 2


def names_of(command: click.Group) -> set[str]:
    """Return the variables of a command's options, and those of its subcommands."""
    names = {f"{PREFIX}{variable_of(option.name)}" for option in command.params if option.name}
    for name, subcommand in command.commands.items():
        names |= {f"{PREFIX}{variable_of(name)}_{variable_of(p.name)}" for p in subcommand.params if p.name}
    return names


def variable_of(name: str) -> str:
    """Return an option's or subcommand's name as it is written in a variable."""
    return name.replace("-", "_").upper()


def unknown_variables(environment: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """Return the variables that are not settings, except those of Kubernetes.

    :raise click.UsageError: if one of them is misspelt.
    """
    known = set(known)
    unknown = [
        name
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known and not _KUBERNETES.fullmatch(name)
    ]
    for name in unknown:
        meant = min(sorted(known), key=lambda candidate: distance(name, candidate))
        if distance(name, meant) <= _NEAR:
            raise click.UsageError(f"unknown setting {name}; did you mean {meant}?")
    return unknown


def distance(one: str, other: str) -> int:
    """Return how many letters have to be inserted, removed or replaced to get from one text to another."""
    row = list(range(len(other) + 1))
    for count, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], count
        for column, another in enumerate(other, 1):
            cheapest = min(row[column] + 1, row[column - 1] + 1, diagonal + (letter != another))
            diagonal, row[column] = row[column], cheapest
    return row[-1]
