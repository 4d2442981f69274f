"""The user database on a PostgreSQL server."""
