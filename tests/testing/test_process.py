"""The fixture that serves in a process of its own."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError

import pytest

from service.testing import AjaxContactsProcess
from tests.client import PATIENCE


def ask(url: str) -> tuple[int, Any]:
    """Ask with a client that blocks."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.ajax_contacts(clock="manual", people={"ada": {"name": "Ada", "contacts": ["grace"]}})
def test_a_process(ajax_contacts_process: AjaxContactsProcess) -> None:
    """It has the same options and the same methods, which wait."""
    service = ajax_contacts_process
    assert ask(f"{service}contacts?username=ada") == (200, {"contacts": service.people["ada"]["contacts"]})
    assert service.faults["down"] == "the backend cannot be reached"
    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(ask, f"{service.url}wait-for-file?filename=report.csv")
        happened = service.advance(30, in_flight=1)
        assert asking.result()[0] == 504
    asked = service.requests()
    assert (happened.now, happened.fired[-1], happened.answered) == (30.0, "or_no_file", [asked[1].request_id])
    assert [one[1:5] for one in asked] == [
        ("GET", "/contacts", "username=ada", 200),
        ("GET", "/wait-for-file", "filename=report.csv", 504),
    ]
    assert asked[1].seconds == 30
    service.forget()
    assert service.requests() == []
    assert service.advance(1).now == 31
    with pytest.raises(ValueError, match="seconds must be a number from 0 to 86400"):
        service.advance(-1)
    with pytest.raises(TimeoutError, match="no such number of requests in flight within 5 seconds"):
        service.advance(1, in_flight=1)


def test_time_that_is_real(ajax_contacts_process: AjaxContactsProcess) -> None:
    """Without a manual clock, advancing is an error that says how to get one."""
    with pytest.raises(TypeError, match="clock='manual'"):
        ajax_contacts_process.advance(30)


def test_what_cannot_be() -> None:
    """A service that does not start says why; an unknown option is an error."""
    with pytest.raises(RuntimeError, match=r"does not start: ajax-contacts: --deadline '-1'"):
        AjaxContactsProcess.start(deadline=-1)
    with pytest.raises(TypeError, match="has no option deadlin:"):
        AjaxContactsProcess.start(deadlin=1)
