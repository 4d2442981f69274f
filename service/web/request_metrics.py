"""What is counted of each request."""

from typing import Any

from service.errors import TimedOut
from service.metrics import Metrics

#: What stands for the route of a request that has none, so that clients cannot make up labels.
NO_ROUTE = "none"


def count_request(metrics: Metrics, request: Any, status: int, seconds: float) -> None:
    """Count a request that has ended, by its route, method and status; a deadline has cancelled it if that is 504."""
    route = getattr(request, "route", NO_ROUTE)
    metrics.observe("request_duration_seconds", seconds, route, request.method, status)
    if status == TimedOut.status:
        metrics.count("cancelled", TimedOut.code)
