"""FastAPI, for uvicorn."""

from fastapi import FastAPI, HTTPException

from tests.bench.apps.backend import NoSuchUserError, get_contacts

app = FastAPI()


@app.get("/contacts")
async def contacts(username: str) -> dict[str, list[str]]:
    try:
        return {"contacts": await get_contacts(username)}
    except NoSuchUserError as error:
        raise HTTPException(404, "no such user") from error
