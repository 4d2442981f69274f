"""``python -m service.lessons``."""

import sys

from twisted.internet.task import react

from service.command.lessons import main

react(main, sys.argv[1:])
