"""A service under ``twist``: copy this file into ``twisted/plugins/``, and run ``python -m twisted greeter``."""

from typing import Any

from twisted.application.service import IServiceMaker, Service
from twisted.internet.task import LoopingCall
from twisted.plugin import IPlugin
from twisted.python.usage import Options
from zope.interface import implementer


class Greeter(Service):
    """Greets once a second, while it runs."""

    def startService(self) -> None:
        """Start the loop."""
        super().startService()
        self.loop = LoopingCall(print, "hello", flush=True)
        self.loop.start(1).addErrback(lambda failure: failure.printTraceback())

    def stopService(self) -> None:
        """Stop the loop."""
        super().stopService()
        self.loop.stop()


@implementer(IPlugin, IServiceMaker)
class GreeterMaker:
    """What ``twist`` finds: the name of the plugin, its options, and how to make the service."""

    tapname, description, options = "greeter", "Greets once a second.", Options

    def makeService(self, _: Any) -> Greeter:
        return Greeter()


greeter = GreeterMaker()
