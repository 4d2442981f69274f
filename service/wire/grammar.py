"""Rules of RFC 9110, section 5.6, as regular expressions: parts of those for a head and for a body."""

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
#: ``field-line``, without its end.
FIELD = TOKEN + rb":[\t \x21-\x7e\x80-\xff]*"
_QUOTED_STRING = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"'
VALUE = rb"(?:" + TOKEN + rb"|" + _QUOTED_STRING + rb")"
PARAMETER = TOKEN + rb"[ \t]*=[ \t]*" + VALUE
