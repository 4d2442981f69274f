"""Exercise 4: recover from one error only.

``get_user_name`` should fire with "(unknown)" if ``get_name`` fails with LookupError. Every other failure should reach
the caller. As it is, a database that is down looks like an unknown user. Lesson 3 has ``failure.check`` and
``failure.trap``.
"""


def get_user_name(get_name, username):
    d = get_name(username)

    def or_unknown(failure):
        return "(unknown)"

    d.addErrback(or_unknown)
    return d
