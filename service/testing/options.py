"""The options of a service that a test asks for, as arguments of the command."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from service.command.flags import command, read_settings
from service.command.settings import Settings, is_fake
from service.testing.values import Person, known_people

#: What is different in tests: a free port, nothing that is outside of the process, and a quick end.
DEFAULTS: Mapping[str, Any] = {
    "listen": "tcp:0:interface=127.0.0.1",
    "pages": "fake:",
    "grace": 0,
    "xray": "off",
    "stalls": 0,
    "access_log": "off",
}
#: Options that are the fixtures' business.
_NOT_OPTIONS = {"inherit", "version", "help"}
_PEOPLE = "people"


def people_of(options: Mapping[str, Any]) -> Mapping[str, Person]:
    """Return the people of a service with these options."""
    people: Mapping[str, Person] = options.get(_PEOPLE) or known_people()
    return people


def arguments_for(options: Mapping[str, Any], folder: Path) -> list[str]:
    """Return the arguments for options, which are flags without their hyphens, and ``people``.

    :param folder: where files are written that the arguments name.
    :raise TypeError: if an option is unknown.
    """
    known = {name for param in command.params if (name := param.name) is not None} - _NOT_OPTIONS
    unknown = sorted(options.keys() - known - {_PEOPLE})
    if unknown:
        there_are = ", ".join(sorted({*known, _PEOPLE}))
        raise TypeError(f"ajax_contacts has no option {', '.join(unknown)}: there are {there_are}")
    chosen = {"watch": folder, **DEFAULTS, **{name: value for name, value in options.items() if name != _PEOPLE}}
    if _PEOPLE in options:
        file = folder / ".people.json"  # hidden: /wait-for-file does not find it
        file.write_text(json.dumps(options[_PEOPLE]), encoding="utf-8")
        for name in ("database", "im"):
            chosen[name] = with_people(str(chosen.get(name, "fake:")), file)
    return [word for name, value in chosen.items() for word in words_for(f"--{name.replace('_', '-')}", value)]


def with_people(url: str, file: Path) -> str:
    """Add people to the URL of a fake; another URL stays as it is."""
    return f"{url}{'&' if '?' in url else '?'}people={file}" if is_fake(url) else url


def words_for(flag: str, value: Any) -> Iterator[str]:
    """Yield the words for one option; None is its default."""
    match value:
        case None | False:
            return
        case True:
            yield flag
        case list() | tuple():
            for one in value:
                yield from words_for(flag, one)
        case Mapping():
            yield from (flag, ",".join(f"{name}={one}" for name, one in value.items()))
        case _:
            yield from (flag, str(value))


def settings_for(options: Mapping[str, Any], folder: Path) -> Settings:
    """Return the settings for options; the environment has no say in them.

    :raise TypeError: if an option is unknown.
    :raise BadSetting: if one has an invalid value.
    """
    settings = read_settings(arguments_for(options, folder), environment=False)
    assert isinstance(settings, Settings)
    return settings
