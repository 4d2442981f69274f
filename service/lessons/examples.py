"""The slides' three runnable examples, line by line, for any database and page fetcher.

Only the Python is newer, and each function returns its Deferred: the slides stop the reactor in a callback instead.
"""

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.interfaces import IUserDatabase
from service.values import User


def print_user_info(mydb: IUserDatabase, user: str) -> Deferred[None]:
    """Run example 1: the callback is called when the Deferred fires, long after the function has returned."""
    print("looking up", user)
    d = mydb.get_user(user)
    print("still thinking..")

    def got_info(res: User | None) -> None:
        assert res is not None  # for an unknown user the original does not even get here
        print("name:", res.name)

    done = d.addCallback(got_info)
    print("*still* thinking..")
    return done


def get_user_name(mydb: IUserDatabase, user: str) -> Deferred[str]:
    """Run the inner function of example 2: add a callback to do your thing, and return the same Deferred."""
    d = mydb.get_user(user)

    def extract_name(res: User | None) -> str:
        print(f"extract_name({res!r})")
        if res:
            return res.name
        return "(unknown)"

    return d.addCallback(extract_name)


def print_user_name(mydb: IUserDatabase, user: str) -> Deferred[None]:
    """Run example 2: two callbacks on the same Deferred, where the result of one is the argument of the next."""
    d = get_user_name(mydb, user)

    def print_name(name: str) -> None:
        print(f"print_name({name!r})")
        print("Name:", name)

    done = d.addCallback(print_name)
    print("print_user_name returning")
    return done


def print_page_title(get_page_title: Callable[[str], Deferred[str]], url: str) -> Deferred[None]:
    """Run example 3: a callback for success, an errback for failure."""
    print("fetching", url)
    d = get_page_title(url)

    def got_info(title: str) -> None:
        print("title:", title)

    def fail_info(f: Failure) -> None:
        print("failed!", f.type, f.value)

    return d.addCallbacks(got_info, fail_info)
