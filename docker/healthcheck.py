"""Liveness check for the container: the exit code is 0 if the service in it is alive."""

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen

#: The endpoint string, tcp:8080 by default: its second part is the port.
port = os.environ.get("AJAX_CONTACTS_LISTEN", "tcp:8080").split(":")[1]

try:
    with urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except (URLError, OSError) as error:
    sys.exit(f"not alive: {error}")
