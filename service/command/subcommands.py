"""What subcommands share with the service: its settings."""

from typing import Any

import click


def setting_of_service(name: str) -> Any:
    """Return a setting of the service to a subcommand: from a flag before the subcommand, or from the environment."""
    parent = click.get_current_context().parent
    assert parent is not None
    return parent.params[name]
