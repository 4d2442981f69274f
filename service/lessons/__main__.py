"""``python -m service.lessons``."""

import sys

from twisted.internet.task import react

from service.command.lessons import main

if __name__ == "__main__":
    react(main, sys.argv[1:])
