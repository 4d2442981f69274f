"""A CSV file of users."""

from pathlib import Path

import pytest

from service.command.users_file import parse_users, read_users
from service.values import User


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_users(ending: str, tmp_path: Path) -> None:
    """Each row is a user; quotes, commas, quoted line breaks, empty lines and a byte order mark follow CSV rules."""
    lines = ["\ufeffusername,name", "dustin,Dustin", "", 'zoë,"Zoë ""Δ"", of', 'Athens"', "karl,Karl"]
    file = tmp_path / "users.csv"
    file.write_bytes(ending.join(lines).encode())
    users, problems = read_users(file)
    assert problems == []
    assert users == [User("dustin", "Dustin"), User("zoë", f'Zoë "Δ", of{ending}Athens'), User("karl", "Karl")]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ['line 1: expected the header line "username,name"']),
        ("name,username\nDustin,dustin\n", ['line 1: expected the header line "username,name"']),
        (
            "username,name\ndustin\n,Nobody\nkarl, \namber,Amber,more\nzoë,Zoë\nzoë,Zoe\n",
            [
                "line 2: expected 2 columns, found 1",
                "line 3: the username is blank",
                "line 4: the name is blank",
                "line 5: expected 2 columns, found 3",
                "line 7: the username zoë appears twice",
            ],
        ),
        ("username,name\n" + "x" * 256 + ",X\n", ["line 2: the username is longer than 255 characters"]),
        (
            "username,name\na\0b,X\nc,\0\n",
            ["line 2: control characters are not allowed", "line 3: control characters are not allowed"],
        ),
        ('username,name\ndustin,Dustin\nkarl,"Karl\n', ["line 3: unexpected end of data"]),
        ('username,name\ndustin,Dustin\nkarl,"Karl" x\n', ["line 3: ',' expected after '\"'"]),
    ],
)
def test_mistakes(text: str, problems: list[str]) -> None:
    """Every invalid line is reported with its error."""
    assert parse_users(text)[1] == problems


def test_no_text(tmp_path: Path) -> None:
    """An unreadable file is reported, and so is the line of bytes that are not UTF-8."""
    file = tmp_path / "users.csv"
    assert read_users(file) == ([], ["the file cannot be read: No such file or directory"])
    file.write_bytes(b"username,name\ndustin,Dustin\nzo\xeb,Zoe\n")
    assert read_users(file) == ([], ["line 3: not UTF-8"])
