"""CSV files of users: read to the end, with every error reported by line."""

import csv
from io import StringIO
from pathlib import Path

from service.values import User
from service.web.parameters import USERNAME

COLUMNS = ["username", "name"]


def read_users(path: Path) -> tuple[list[User], list[str]]:
    """Read users from a CSV file (RFC 4180) with the header line ``username,name``.

    :return: the users, and one message for each invalid line; with any message, the users are not to be used.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return [], [f"the file cannot be read: {error.strerror}"]
    except UnicodeDecodeError as error:
        return [], [f"line {error.object[: error.start].count(10) + 1}: not UTF-8"]
    return parse_users(text)


def parse_users(text: str) -> tuple[list[User], list[str]]:
    """Parse users from CSV text, as ``read_users`` does."""
    rows = csv.reader(StringIO(text, newline=""), strict=True)
    users: dict[str, User] = {}
    problems: list[str] = []
    try:
        if next(rows, None) != COLUMNS:
            return [], [f'line 1: expected the header line "{",".join(COLUMNS)}"']
        for row in filter(None, rows):
            problem = problem_of(row, users)
            if problem is None:
                users[row[0]] = User(*row)
            else:
                problems.append(f"line {rows.line_num}: {problem}")
    except csv.Error as error:
        problems.append(f"line {rows.line_num}: {error}")
    return list(users.values()), problems


def problem_of(row: list[str], users: dict[str, User]) -> str | None:
    """Return what is wrong with a row, or None."""
    if len(row) != len(COLUMNS):
        return f"expected {len(COLUMNS)} columns, found {len(row)}"
    username, name = row
    if not username.strip() or not name.strip():
        return f"the {'name' if username.strip() else 'username'} is blank"
    if len(username) > USERNAME.most:
        return f"the username is longer than {USERNAME.most} characters"
    if "\0" in name or not username.isprintable():
        return "control characters are not allowed"
    if username in users:
        return f"the username {username} appears twice"
    return None
