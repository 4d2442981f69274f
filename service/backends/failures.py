"""What a library complains of, in the words of our own errors: for chains, and for commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from twisted.python.failure import Failure

from service.errors import BackendError

#: Finds the error of ours that an exception amounts to, None if it is none of the backend's.
Translate = Callable[[BaseException | None], BackendError | None]


def or_translated(failure: Failure, translate: Translate) -> Failure:
    """Put our own error in the place of the library's, which becomes its cause; let any other failure pass."""
    error = translate(failure.value)
    if error is None:
        return failure
    error.__cause__ = failure.value
    return Failure(error)


@contextmanager
def translated(translate: Translate) -> Iterator[None]:
    """Do as ``or_translated`` does, where there is no chain.

    :raise BackendError: if the library complains.
    """
    try:
        yield
    except Exception as error:
        ours = translate(error)
        if ours is None:
            raise
        raise ours from error
