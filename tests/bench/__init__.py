"""Benchmarks and load tests of the running service, run by hand and never by the test suite."""
