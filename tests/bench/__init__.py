"""Measurements, and sieges of the running service: run by hand, never by the tests."""
