"""``python -m service.lessons``."""

import sys

from twisted.internet.task import react
from twisted.python.reflect import namedAny

# By name, as the registry does it: the lessons know nothing of the command that runs them.
react(namedAny("service.command.lessons.main"), sys.argv[1:])
