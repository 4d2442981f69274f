"""X-ray: records what happens to the Deferreds of any Twisted program, without changing it; see the README beside."""

from service.xray.grid import Grid as Grid, Origin as Origin, Step as Step, to_dict as to_dict
from service.xray.recent import RecentTraces as RecentTraces
from service.xray.text import as_text as as_text
from service.xray.warnings import Warned as Warned, warnings as warnings
from service.xray.watch import (
    install as install,
    installed as installed,
    of as of,
    uninstall as uninstall,
    waiting as waiting,
    watching as watching,
)
