"""Exercise 5: a canceller.

``answer_later`` should fire with the answer after 2 seconds. If its Deferred is cancelled, the timer should be
cancelled, too. As it is, the timer stays. Lesson 9 has cancellers: ``Deferred(canceller)`` calls ``canceller(d)``.
"""

from twisted.internet.defer import Deferred


def answer_later(clock, answer):
    d = Deferred()
    clock.callLater(2, d.callback, answer)
    return d
