"""X-ray: records what happens to the Deferreds of any Twisted program, without changing it; see the README beside."""

from .grid import Grid as Grid, Origin as Origin, Step as Step, to_dict as to_dict
from .lazy import resource as resource
from .listening import listen as listen, on_signal as on_signal
from .recent import RecentTraces as RecentTraces
from .text import as_text as as_text
from .tree import Node as Node, Tree as Tree, tree as tree
from .warnings import Warned as Warned, warnings as warnings
from .watch import (
    install as install,
    installed as installed,
    of as of,
    uninstall as uninstall,
    waiting as waiting,
    watching as watching,
)
