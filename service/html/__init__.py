"""The title of an HTML page, and whether a page is HTML."""

from service.html.mime import is_html as is_html, may_be_html as may_be_html
from service.html.title import MAX_TITLE as MAX_TITLE, FoundTitle as FoundTitle, find_title as find_title
