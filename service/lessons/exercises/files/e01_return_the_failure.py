"""Exercise 1: return the failure.

``get_contacts`` should log a failure, and its caller should still see it. As it is, the caller gets None.
Lesson 4 shows it.
"""


def get_contacts(im_service, username, log):
    d = im_service.get_contact_list(username)

    def log_it(failure):
        log(f"no contacts for {username}: {failure.value}")

    d.addErrback(log_it)
    return d
