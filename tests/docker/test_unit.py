"""The unit file for systemd."""

import shlex
from configparser import ConfigParser
from pathlib import Path

from service.command.flags import read_settings

UNIT = Path(__file__).parents[2] / "docker" / "ajax-contacts.service"


def test_the_unit() -> None:
    """The unit starts the service with valid flags, waits until it is ready, and is told that it is alive."""
    unit = ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names are case-sensitive
    unit.read(UNIT)
    service = unit["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    settings = read_settings(arguments)
    assert program == "/opt/ajax-contacts/bin/ajax-contacts"
    assert not isinstance(settings, int)
    assert (service["Type"], int(service["WatchdogSec"])) == ("notify", 30)
    assert settings.linger + settings.grace < int(service["TimeoutStopSec"])
    assert settings.processes > 1  # which is what a reload replaces
