"""``/arrivals``: the page makes the file that ``/wait-for-file`` waits for."""

from contextlib import suppress
from os import O_CREAT, O_EXCL, O_WRONLY, close, open as open_file
from pathlib import Path
from typing import ClassVar

from attrs import define
from klein import Klein
from twisted.internet.interfaces import IReactorTime
from twisted.web.iweb import IRequest

from service.web.guard import check_local
from service.web.query import filename_asked_for
from service.web.replies import as_json

#: Seconds after which the file is removed: it is seen within one.
STAYS = 3.0


@define(eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class ArrivalRoutes:
    """The endpoint that makes files in the watched ``folder``, which belongs to the service."""

    folder: Path
    clock: IReactorTime

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/arrivals", methods=["POST"])
    def ajax_make_file(self, request: IRequest) -> bytes:
        """Make an empty file with the name ``filename``, which is removed a few seconds later, unless it is there."""
        check_local(request)
        filename = filename_asked_for(request)
        path = self.folder / filename
        with suppress(FileExistsError):
            close(open_file(path, O_CREAT | O_EXCL | O_WRONLY))
            self.clock.callLater(STAYS, path.unlink, missing_ok=True)
        return as_json({"filename": filename, "stays": STAYS}, request)
