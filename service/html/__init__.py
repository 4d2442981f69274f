"""What an HTML page is called."""

from service.html.title import MAX_TITLE, FoundTitle, find_title

__all__ = ["MAX_TITLE", "FoundTitle", "find_title"]
