"""Where a request comes in from the wire: it is numbered, and let in unless there are too many already."""

from attrs import frozen
from twisted.python.failure import Failure

from service.errors import Overloaded
from service.web.exchanges import Exchanges
from service.web.problems import as_problem
from service.wire.request import WireRequest
from service.wire.routing import KleinRoutes


@frozen
class Entrance:
    """Lets requests in to the ``routes``, at most ``most`` at once; ``exchanges`` follows each to its end."""

    routes: KleinRoutes
    exchanges: Exchanges
    most: int

    def handle(self, request: WireRequest) -> None:
        """Answer a request, now or later."""
        self.exchanges.open(request)
        if self.exchanges.draining:
            request.keep_alive = False
        if len(self.exchanges) > self.most:
            overloaded = Failure(Overloaded("there is too much to do at once; try again"))
            request.finish(as_problem(overloaded, request) or b"")
        else:
            self.routes.handle(request)
