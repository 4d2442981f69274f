"""In a process of its own, with a client that blocks."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from service.testing import AjaxContactsProcess


def get(url: str) -> tuple[int, dict[str, object]]:
    """Ask for a document, and wait for it."""
    try:
        with urlopen(url) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_contacts(ajax_contacts_process: AjaxContactsProcess) -> None:
    """The contacts of a known user arrive, and it can be seen what was asked."""
    found = get(f"{ajax_contacts_process.url}contacts?username=dustin")
    assert found == (200, {"contacts": ajax_contacts_process.people["dustin"]["contacts"]})
    assert [asked.path for asked in ajax_contacts_process.requests()] == ["/contacts"]


@pytest.mark.ajax_contacts(clock="manual")
def test_a_long_timeout(ajax_contacts_process: AjaxContactsProcess) -> None:
    """The timeout of 30 seconds is tested without waiting for it."""
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(get, f"{ajax_contacts_process.url}wait-for-file?filename=report.csv")
        ajax_contacts_process.advance(30, in_flight=1)
        assert asking.result()[0] == 504


def test_trying_again(ajax_contacts_process: AjaxContactsProcess) -> None:
    """A backend that fails twice works at the third try."""
    url = f"{ajax_contacts_process.url}contacts?username=dustin~fail=2"
    assert [get(url)[0] for _ in range(3)] == [502, 502, 200]
    ajax_contacts_process.forget()
    assert get(url)[0] == 502
