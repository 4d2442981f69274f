"""Asks a running program what it waits for: ``python -m deferred_xray PATH tree``."""

import argparse
import socket
import sys

from .listening import ERROR

#: Seconds for the program to answer.
PATIENCE = 10.0


def main(arguments: list[str] | None = None) -> int:
    """Ask the question of the command line, and print the answer; return the exit code, 0 if there was one."""
    parser = argparse.ArgumentParser(prog="python -m deferred_xray", description="Look into a running program.")
    parser.add_argument("path", help="the socket that the program has named in listen(path)")
    parser.add_argument("command", choices=["tree", "waiting", "warnings", "grid", "where", "cancel"])
    parser.add_argument("number", nargs="?", default="", help="of a Deferred, as the tree has it")
    asked = parser.parse_args(arguments)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(asked.path)
            connection.sendall(f"{asked.command} {asked.number}\n".encode())
            answer = connection.makefile(encoding="utf-8").read()
    except OSError as error:
        answer = f"{ERROR}cannot ask at {asked.path}: {error.strerror or error}\n"
    failed = answer.startswith(ERROR)
    (sys.stderr if failed else sys.stdout).write(answer)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
