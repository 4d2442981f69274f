"""What a browser makes of a response, in a sentence."""

from http import HTTPStatus

from service.lessons.browser import Received


def what_came(received: Received, deadline: float) -> str:
    """Describe the response as the page's JavaScript sees it."""
    match received.kind:
        case "never":
            return f"It never answers: after {deadline:g} seconds the browser is still waiting."
        case "HTML":
            return f"The browser gets {len(received.body or '')} characters of HTML, which do not parse as JSON."
        case "result":
            return "The browser gets a result as JSON."
        case "contacts":
            return "The browser gets the contacts."
    said = "a success" if received.status == HTTPStatus.OK else "an error"
    return f"The browser gets an error as JSON, with {said} status."
