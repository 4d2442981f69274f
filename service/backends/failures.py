"""Translation of library exceptions into ``BackendError``, in chains and in commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from twisted.python.failure import Failure

from service.errors import BackendError

#: Maps an exception to a ``BackendError``, or to None if it is not one of the backend's.
Translate = Callable[[BaseException | None], BackendError | None]


def or_translated(failure: Failure, translate: Translate) -> Failure:
    """Translate a library's exception, which becomes the cause; pass any other failure on."""
    error = translate(failure.value)
    if error is None:
        return failure
    error.__cause__ = failure.value
    return Failure(error)


@contextmanager
def translated(translate: Translate) -> Iterator[None]:
    """Translate exceptions as ``or_translated`` does, outside a chain.

    :raise BackendError: if the library raises an exception that ``translate`` knows.
    """
    try:
        yield
    except Exception as error:
        ours = translate(error)
        if ours is None:
            raise
        raise ours from error
