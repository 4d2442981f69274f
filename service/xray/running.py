"""The steps that run: to whom a Deferred belongs that is made."""

import threading
from typing import Any


class Running(threading.local):
    """The stack of running steps in this thread, innermost last; None is a coroutine."""

    def __init__(self) -> None:
        self.steps: list[Any] = []


RUNNING = Running()
