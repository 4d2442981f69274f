"""The contacts endpoint in other frameworks: parse the query, call a backend that waits, respond with JSON."""
