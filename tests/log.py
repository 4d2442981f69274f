"""What was logged: events for a test to look at, and failures that it must look at."""

from twisted.logger import ILogObserver, LogEvent, formatEvent
from zope.interface import implementer


@implementer(ILogObserver)
class Log:
    """Keeps the events; those that carry a failure stay in ``failures`` until ``flush`` takes them."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []
        self.failures: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        self.events.append(event)
        if "log_failure" in event:
            self.failures.append(event)

    def flush(self, error: type[BaseException]) -> list[LogEvent]:
        """Take the logged failures of a kind."""
        taken = [event for event in self.failures if event["log_failure"].check(error)]
        self.failures = [event for event in self.failures if event not in taken]
        return taken

    def messages(self, namespace: str) -> list[str]:
        """Read the messages of one namespace, in order."""
        return [str(formatEvent(event)) for event in self.events if event.get("log_namespace") == namespace]
