"""The title of an HTML page."""

from service.html.title import MAX_TITLE as MAX_TITLE, FoundTitle as FoundTitle, find_title as find_title
