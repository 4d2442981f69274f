"""In the process of the test, with trial."""

import treq
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase
from twisted.web.client import Agent, HTTPConnectionPool

from service.testing import AjaxContacts


class ContactsTests(TestCase):
    """Tests of a client."""

    service: AjaxContacts

    def setUp(self) -> Deferred[None]:  # type: ignore[override]  # trial's is more than unittest's
        """Start the service; trial waits for it."""
        d = AjaxContacts.start(reactor, clock="manual")
        return d.addCallback(self.use)

    def use(self, service: AjaxContacts) -> None:
        """Stop the service after the test; the connections of treq are not kept, because trial would find them."""
        self.service = service
        self.addCleanup(service.stop)
        self.client = treq.client.HTTPClient(Agent(reactor, pool=HTTPConnectionPool(reactor, persistent=False)))

    async def test_contacts(self) -> None:
        """The contacts of a known user arrive."""
        response = await self.client.get(f"{self.service.url}contacts?username=karl")
        self.assertEqual(await response.json(), {"contacts": ["dustin"]})

    async def test_a_long_timeout(self) -> None:
        """The timeout of 30 seconds is tested without waiting for it."""
        d = self.client.get(f"{self.service.url}wait-for-file?filename=report.csv")
        await self.service.advance(30, in_flight=1)
        response = await d
        self.assertEqual(response.code, 504)
        await response.content()
