"""Exercise 8: a LoopingCall that stops.

``count_down`` should call ``tick`` once a second, with n, n - 1, and so on to 0. Then the loop should stop, and the
Deferred should fire with None. As it is, it goes on below 0. Lesson 11 has a loop that stops.
"""

from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall


def count_down(n, clock, tick):
    d = Deferred()
    left = n

    def count():
        nonlocal left
        tick(left)
        left -= 1

    loop = LoopingCall(count)
    loop.clock = clock
    loop.start(1)
    return d
