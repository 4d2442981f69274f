"""aiohttp on uvloop; the port is the argument, and ``log`` turns its access log on."""

import logging
import sys

import uvloop
from aiohttp import web

from tests.bench.apps.backend import NoSuchUserError, get_contacts


async def contacts(request: web.Request) -> web.Response:
    username = request.query.get("username")
    if username is None:
        return web.json_response({"error": "no username specified"}, status=400)
    try:
        return web.json_response({"contacts": await get_contacts(username)})
    except NoSuchUserError:
        return web.json_response({"error": "no such user"}, status=404)


LOG = sys.argv[2:] == ["log"]
if LOG:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
app = web.Application()
app.router.add_get("/contacts", contacts)
web.run_app(
    app,
    host="127.0.0.1",
    port=int(sys.argv[1]),
    access_log=logging.getLogger("access") if LOG else None,
    access_log_format='%a "%r" %s "%{User-Agent}i"',
    print=None,
    backlog=8192,
    loop=uvloop.new_event_loop(),
)
