"""The admin endpoint of the process that supervises others."""

from typing import Any

import pytest
from twisted.internet.defer import succeed

from service.command.admin import compose_supervisor
from service.command.settings import Settings
from service.metrics import Snapshot
from tests.web.memory import DEFAULTS
from tests.wire.wires import Wire


@pytest.mark.parametrize(("metrics", "status"), [("auto", 200), ("off", 404)])
def test_the_admin_endpoint_of_several_processes(metrics: str, status: int, running_reactor: Any) -> None:
    """The process that supervises others serves their metrics, unless these are off, and its own health."""
    chosen = Settings(**DEFAULTS | {"admin": "tcp:0", "metrics": metrics, "processes": 2})
    listener = compose_supervisor(chosen, running_reactor, lambda: succeed(Snapshot()))
    assert listener is not None
    for path, expected in (("/metrics", status), ("/livez", 200), ("/contacts", 404)):
        wire = Wire(listener.connections)
        wire.send(f"GET {path} HTTP/1.1\r\nHost: contacts\r\n\r\n".encode())
        assert [answer.status for answer in wire.answers()] == [expected]
        wire.leave()
    assert compose_supervisor(Settings(**DEFAULTS), running_reactor, lambda: succeed(Snapshot())) is None
