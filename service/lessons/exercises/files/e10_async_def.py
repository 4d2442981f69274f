"""Exercise 10: an ``async def`` made of a chain.

Write ``get_greeting`` as an ``async def`` that does the same: it awaits the name, greets, and turns LookupError, but no
other error, into "Who?". Lesson 9 has coroutines.
"""


def get_greeting(get_name, username):
    d = get_name(username)

    def greet(name):
        return f"Hello, {name}!"

    def or_who(failure):
        failure.trap(LookupError)
        return "Who?"

    d.addCallback(greet)
    d.addErrback(or_who)
    return d
