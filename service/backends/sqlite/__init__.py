"""The user database in a SQLite file."""
