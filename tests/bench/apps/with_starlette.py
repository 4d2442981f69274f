"""Starlette, for uvicorn."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.bench.apps.backend import NoSuchUserError, get_contacts


async def contacts(request: Request) -> JSONResponse:
    username = request.query_params.get("username")
    if username is None:
        return JSONResponse({"error": "no username specified"}, 400)
    try:
        return JSONResponse({"contacts": await get_contacts(username)})
    except NoSuchUserError:
        return JSONResponse({"error": "no such user"}, 404)


app = Starlette(routes=[Route("/contacts", contacts)])
