"""Exercise 6: a timeout that cancels.

``get_contacts`` should fail with TimeoutError if the contacts have not come within 2 seconds, and the work should then
be cancelled. As it is, the work goes on, and its result comes too late for a Deferred that has fired.
Lesson 9 shows it.
"""

from twisted.internet.defer import TimeoutError


def get_contacts(im_service, username, clock):
    d = im_service.get_contact_list(username)
    clock.callLater(2, d.errback, TimeoutError())
    return d
