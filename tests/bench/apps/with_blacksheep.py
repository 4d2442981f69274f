"""BlackSheep, for uvicorn."""

from blacksheep import Application, Request, Response, json

from tests.bench.apps.backend import NoSuchUserError, get_contacts

app = Application()


@app.router.get("/contacts")
async def contacts(request: Request) -> Response:
    asked = request.query.get("username")
    if not asked:
        return json({"error": "no username specified"}, 400)
    try:
        return json({"contacts": await get_contacts(asked[0])})
    except NoSuchUserError:
        return json({"error": "no such user"}, 404)
