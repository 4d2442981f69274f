"""Sanic, in one process; the port is the argument, and ``log`` turns its access log on."""

import sys

from sanic import HTTPResponse, Request, Sanic, json

from tests.bench.apps.backend import NoSuchUserError, get_contacts

app = Sanic("contacts")


@app.get("/contacts")
async def contacts(request: Request) -> HTTPResponse:
    username = request.args.get("username")
    if username is None:
        return json({"error": "no username specified"}, 400)
    try:
        return json({"contacts": await get_contacts(username)})
    except NoSuchUserError:
        return json({"error": "no such user"}, 404)


if __name__ == "__main__":
    app.run(
        "127.0.0.1", int(sys.argv[1]), single_process=True, access_log=sys.argv[2:] == ["log"], motd=False, backlog=8192
    )
