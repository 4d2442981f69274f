"""Exercise 3: put the terminal errback where it catches everything.

``as_json`` should turn contacts into ``{"contacts": [...]}`` and any failure into ``{"error": "..."}``, also one that
``to_json`` raises. As it is, that one gets past it. Lesson 6 shows it.
"""

import json


def as_json(d):
    def to_json(contacts):
        return json.dumps({"contacts": contacts})

    def to_error(failure):
        return json.dumps({"error": str(failure.value)})

    d.addCallbacks(to_json, to_error)
    return d
