"""The contacts endpoint in other people's frameworks: parse the query, ask a backend that waits, answer in JSON."""
