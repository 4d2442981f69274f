"""Tornado; the port is the argument, and ``log`` turns its access log on."""

import asyncio
import logging
import sys

from tornado.web import Application, RequestHandler

from tests.bench.apps.backend import NoSuchUserError, get_contacts


class Contacts(RequestHandler):
    """The endpoint."""

    async def get(self) -> None:
        username = self.get_argument("username")
        try:
            self.write({"contacts": await get_contacts(username)})
        except NoSuchUserError:
            self.set_status(404)
            self.write({"error": "no such user"})


async def main() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout)
    logging.getLogger("tornado.access").disabled = sys.argv[2:] != ["log"]
    Application([("/contacts", Contacts)]).listen(int(sys.argv[1]), "127.0.0.1", backlog=8192)
    await asyncio.Event().wait()


asyncio.run(main())
