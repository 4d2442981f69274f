"""aiohttp on uvloop; the port is the argument."""

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


app = web.Application()
app.router.add_get("/contacts", contacts)
web.run_app(
    app,
    host="127.0.0.1",
    port=int(sys.argv[1]),
    access_log=None,
    print=None,
    backlog=8192,
    loop=uvloop.new_event_loop(),
)
