"""A log observer for tests: events that a test may inspect, and failures that it must take."""

from twisted.logger import ILogObserver, LogEvent, formatEvent
from zope.interface import implementer


@implementer(ILogObserver)
class Log:
    """An observer that keeps events; those with a failure stay in ``failures`` until ``flush`` takes them."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []
        self.failures: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        self.events.append(event)
        if "log_failure" in event:
            self.failures.append(event)

    def flush(self, error: type[BaseException]) -> list[LogEvent]:
        """Remove and return the logged failures of a type."""
        taken = [event for event in self.failures if event["log_failure"].check(error)]
        self.failures = [event for event in self.failures if event not in taken]
        return taken

    def messages(self, namespace: str) -> list[str]:
        """Return the messages of a namespace, in order."""
        return [str(formatEvent(event)) for event in self.events if event.get("log_namespace") == namespace]
