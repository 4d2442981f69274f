"""The title of an HTML page."""

from service.html.title import MAX_TITLE, FoundTitle, find_title

__all__ = ["MAX_TITLE", "FoundTitle", "find_title"]
