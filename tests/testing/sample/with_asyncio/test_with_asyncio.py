"""In the process of the test, with a client that runs on asyncio."""

import asyncio
import json

import pytest

from service.testing import AjaxContacts

pytestmark = pytest.mark.asyncio


async def get(url: str) -> tuple[int, dict[str, object]]:
    """Ask for a document with what Python has; a project would have its own client."""
    host, _, path = url.removeprefix("http://").partition("/")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), json.loads(body)


async def test_contacts(ajax_contacts: AjaxContacts) -> None:
    """The contacts of a known user arrive."""
    assert await get(f"{ajax_contacts.url}contacts?username=karl") == (200, {"contacts": ["dustin"]})


@pytest.mark.ajax_contacts(clock="manual")
async def test_a_long_timeout(ajax_contacts: AjaxContacts) -> None:
    """The timeout of 30 seconds is tested without waiting for it."""
    asking = asyncio.ensure_future(get(f"{ajax_contacts.url}wait-for-file?filename=report.csv"))
    await ajax_contacts.advance(30, in_flight=1).asFuture(asyncio.get_running_loop())
    assert (await asking)[0] == 504
