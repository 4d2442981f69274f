"""Answers to the exercises, as edits of their files: what holds, and what is usually tried before it."""

from attrs import frozen

#: The part of a file that is replaced, and what replaces it.
Edit = tuple[str, str]


@frozen
class Answers:
    """The answers to an exercise: what the untouched file is told, solutions, and what each wrong answer is told."""

    untouched: str
    solutions: tuple[Edit, ...]
    wrong: tuple[tuple[str, *Edit], ...] = ()


_LOG = '        log(f"no contacts for {username}: {failure.value}")\n'
_COUNT = """        tick(left)
        left -= 1
"""
_LIST_OF_7 = """    d = DeferredList([get_name(username) for username in usernames])

    def as_dictionary(results):
        return dict(zip(usernames, results))
"""
_JOINED = """    d = DeferredList([get_name(username) for username in usernames], consumeErrors=True)

    def as_dictionary(results):
        return {name: result if ok else None for name, (ok, result) in zip(usernames, results)}
"""
_CHAIN_OF_10 = """def get_greeting(get_name, username):
    d = get_name(username)

    def greet(name):
        return f"Hello, {name}!"

    def or_who(failure):
        failure.trap(LookupError)
        return "Who?"

    d.addCallback(greet)
    d.addErrback(or_who)
    return d
"""


def awaiting(handled: str) -> str:
    """Return the async def of exercise 10, which handles some errors."""
    return f"""async def get_greeting(get_name, username):
    try:
        return f"Hello, {{await get_name(username)}}!"
    except {handled}:
        return "Who?"
"""


ANSWERS = {
    "e01_return_the_failure": Answers(
        "The caller gets None in place of the failure",
        (
            (_LOG, f"{_LOG}        return failure\n"),
            (_LOG, f"{_LOG}        failure.raiseException()\n"),
        ),
        (
            ("gets another error than the one that happened: ValueError", _LOG, f"{_LOG}        raise ValueError\n"),
            ("The caller gets None", _LOG, f"{_LOG}        return failure.value and None\n"),
            ("logged 0 times", _LOG, "        return failure\n"),
            ("logged 2 times", _LOG, f"{_LOG}{_LOG}        return failure\n"),
            ("It returned None, and not a Deferred", "    return d\n", ""),
            (
                "Where nothing fails, the caller gets 2",
                "    d.addErrback(log_it)",
                "    d.addCallbacks(len, lambda f: [log_it(f), f][1])",
            ),
        ),
    ),
    "e02_return_the_deferred": Answers(
        "did not wait for the contacts, and went on to 'null'",
        (("        im_service.get", "        return im_service.get"),),
        (
            (
                "and not with the contacts as JSON",
                "        im_service.get_contact_list(username)",
                "        return im_service.get_contact_list(username).addCallback(json.dumps).addCallback(repr)",
            ),
            ("It returned None, and not a Deferred", "    return d\n", ""),
            (
                "not JSON serializable",
                "        im_service.get",
                "        return [im_service.get_contact_list(username)]\n        im_service.get",
            ),
        ),
    ),
    "e03_terminal_errback": Answers(
        "A failure got past the errback",
        (
            ("    d.addCallbacks(to_json, to_error)", "    d.addCallback(to_json)\n    d.addErrback(to_error)"),
            (
                "    d.addCallbacks(to_json, to_error)",
                "    d.addCallback(to_json).addBoth(lambda r: r if isinstance(r, str) else to_error(r))",
            ),
        ),
        (
            (
                "that is JSON, and not an object with contacts or error",
                '        return json.dumps({"contacts": contacts})',
                "        return json.dumps(contacts)",
            ),
            (
                "went through to_json as if it were",
                "    d.addCallbacks(to_json, to_error)",
                "    d.addErrback(to_error)\n    d.addCallback(to_json)",
            ),
            ("fired with None, which is not JSON", '        return json.dumps({"error"', '        json.dumps({"error"'),
            ("should have fired with", '{"error": str(failure.value)}', '{"problem": str(failure.value)}'),
            ("should have fired with", '{"contacts": contacts}', '{"contacts": contacts[:1]}'),
        ),
    ),
    "e04_recover_from_one_error": Answers(
        "The database is down, and the caller gets '(unknown)'",
        (
            ('        return "(unknown)"', '        failure.trap(LookupError)\n        return "(unknown)"'),
            ('        return "(unknown)"', '        return "(unknown)" if failure.check(LookupError) else failure'),
        ),
        (
            ("For jimbo it fires with None", '        return "(unknown)"', "        failure.trap(LookupError)"),
            ("For karl it fires with '(unknown)'", "    d.addErrback(or_unknown)", "    d.addBoth(or_unknown)"),
            (
                "the caller gets None: return the failure if it is another one",
                '        return "(unknown)"',
                '        if failure.check(LookupError):\n            return "(unknown)"',
            ),
            (
                "another error: ",
                '        return "(unknown)"',
                '        if failure.check(LookupError):\n            return "(unknown)"\n        raise RuntimeError',
            ),
        ),
    ),
    "e05_canceller": Answers(
        "its timer is still there",
        (
            (
                "    d = Deferred()\n    clock.callLater",
                "    d = Deferred(lambda _: timer.cancel())\n    timer = clock.callLater",
            ),
            (
                "    d = Deferred()\n    clock.callLater(2, d.callback, answer)\n    return d",
                "    from twisted.internet.task import deferLater\n    return deferLater(clock, 2, lambda: answer)",
            ),
        ),
        (
            (
                "should fail with CancelledError; this one has 'no'",
                "    d = Deferred()\n    clock.callLater",
                "    d = Deferred(lambda d: (timer.cancel(), d.callback('no')))\n    timer = clock.callLater",
            ),
            ("After 2 seconds it has nothing yet", "    clock.callLater(2", "    clock.callLater(3"),
            ("It returned None, and not a Deferred", "    return d\n", ""),
        ),
    ),
    "e06_timeout": Answers(
        "the work still goes on",
        (("    clock.callLater(2, d.errback, TimeoutError())", "    d.addTimeout(2, clock)"),),
        (
            ("CancelledError", "    clock.callLater(2, d.errback, TimeoutError())", "    clock.callLater(2, d.cancel)"),
            (
                "After 2 seconds nothing has happened",
                "    clock.callLater(2, d.errback, TimeoutError())",
                "    d.addTimeout(3, clock)",
            ),
            (
                "a timer is left over",
                "    clock.callLater(2, d.errback, TimeoutError())",
                "    d.addTimeout(2, clock)\n    clock.callLater(5, int)",
            ),
            (
                "The contacts came in time, and the caller gets ",
                "    clock.callLater(2, d.errback, TimeoutError())",
                "    d.addTimeout(1 if username == 'dustin' else 2, clock)\n    d.addErrback(lambda f: f)\n    d.addCallback(len)",
            ),
        ),
    ),
    "e07_join": Answers(
        "each value is a pair of success and result",
        ((_LIST_OF_7, _JOINED),),
        (
            (
                "One unknown user makes the whole look-up fail",
                "DeferredList([get_name(username) for username in usernames])",
                "__import__('twisted.internet.defer').internet.defer.gatherResults([get_name(username) for username in usernames], consumeErrors=True)",
            ),
            (
                "the values should be the names",
                "        return dict(zip(usernames, results))",
                "        return results",
            ),
            (
                "Only ['dustin'] were looked up at first",
                _LIST_OF_7 + "\n    d.addCallback(as_dictionary)\n    return d\n",
                """    async def one_by_one():
        return {name: await get_name(name) for name in usernames}

    return __import__("twisted.internet.defer").internet.defer.ensureDeferred(one_by_one())
""",
            ),
            (
                "Nothing handled the failure of a member, LookupError",
                "        return dict(zip(usernames, results))",
                "        return {name: result if ok else None for name, (ok, result) in zip(usernames, results)}",
            ),
        ),
    ),
    "e08_loop_that_stops": Answers(
        "It went on after 0, with -1",
        (
            (
                _COUNT,
                "        tick(left)\n        left -= 1\n        if left < 0:\n            loop.stop()\n            d.callback(None)\n",
            ),
        ),
        (
            (
                "the Deferred never fires",
                _COUNT,
                "        tick(left)\n        left -= 1\n        if left < 0:\n            loop.stop()\n",
            ),
            (
                "It fired with 0",
                _COUNT,
                "        tick(left)\n        if left == 0:\n            loop.stop()\n            d.callback(0)\n        left -= 1\n",
            ),
            ("It ticked at", "    loop.start(1)", "    loop.start(1, now=False)"),
            ("It ticked at", "    loop.start(1)", "    loop.start(2)"),
        ),
    ),
    "e09_blocking_call": Answers(
        "It called read() itself",
        (
            (
                "    return succeed(read())",
                "    from twisted.internet.threads import deferToThreadPool\n    return deferToThreadPool(reactor, threads, read)",
            ),
        ),
        (
            ("Nothing runs in one of", "    return succeed(read())", "    return succeed(read)"),
            (
                "the caller has None",
                "    return succeed(read())",
                "    from twisted.internet.threads import deferToThreadPool\n    return deferToThreadPool(reactor, threads, read).addCallback(print)",
            ),
            (
                "It called read() itself",
                "    return succeed(read())",
                "    from twisted.internet.threads import deferToThreadPool\n    return deferToThreadPool(reactor, threads, read())",
            ),
            (
                "It returned None, and not a Deferred",
                "    return succeed(read())",
                "    threads.callInThreadWithCallback(print, read)",
            ),
        ),
    ),
    "e10_async_def": Answers(
        "get_greeting is not an async def",
        ((_CHAIN_OF_10, awaiting("LookupError")),),
        (
            ("The database is down, and the caller gets 'Who?'", _CHAIN_OF_10, awaiting("Exception")),
            ("For jimbo it gives LookupError", _CHAIN_OF_10, awaiting("ValueError")),
            (
                "For karl it gives '<Deferred",
                "def get_greeting(get_name, username):\n    d = get_name(username)\n",
                "async def get_greeting(get_name, username):\n    return repr(get_name(username))\n",
            ),
        ),
    ),
}
