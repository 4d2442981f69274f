"""Exercise 2: return the Deferred.

``ajax_get_contacts`` should fire with the contacts as JSON, once they have come. As it is, it does not wait for them.
Lesson 7 shows it.
"""

import json

from twisted.internet.defer import succeed


def ajax_get_contacts(im_service, username):
    d = succeed(username)

    def fetch(username):
        im_service.get_contact_list(username)

    d.addCallback(fetch)
    d.addCallback(json.dumps)
    return d
