"""Header fields, found in the lines of a head when they are asked for: most never are."""


def split_fields(lines: bytes) -> list[tuple[bytes, bytes]]:
    """Return all fields: lower-case names, and values without surrounding white space."""
    parts = (line.partition(b":") for line in lines.split(b"\r\n") if line)
    return [(name.lower(), value.strip(b" \t")) for name, _, value in parts]


def last_value(lines: bytes, name: bytes) -> bytes | None:
    """Return the last value of a field, whose name is in lower case; None if it is missing."""
    lines = b"\r\n" + lines
    start = lines.lower().rfind(b"\r\n" + name + b":")
    if start < 0:
        return None
    start = lines.index(b":", start) + 1
    end = lines.find(b"\r\n", start)
    return lines[start : len(lines) if end < 0 else end].strip(b" \t")
