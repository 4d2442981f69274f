"""Exercise 7: join several.

``names_of`` should look all users up at the same time, and fire with a dictionary: username -> name, or None for those
whose look-up has failed. As it is, the values are pairs, and failures are reported as unhandled. Lesson 10 shows it.
"""

from twisted.internet.defer import DeferredList


def names_of(get_name, usernames):
    d = DeferredList([get_name(username) for username in usernames])

    def as_dictionary(results):
        return dict(zip(usernames, results))

    d.addCallback(as_dictionary)
    return d
