"""Flask, for gunicorn threads."""

from typing import Any

from flask import Flask, request

from tests.bench.apps.backend import NoSuchUserError, get_contacts_blocking

app = Flask("contacts")


@app.get("/contacts")
def contacts() -> Any:
    username = request.args.get("username")
    if username is None:
        return {"error": "no username specified"}, 400
    try:
        return {"contacts": get_contacts_blocking(username)}
    except NoSuchUserError:
        return {"error": "no such user"}, 404
