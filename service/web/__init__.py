"""Requests become chains, results become JSON."""
