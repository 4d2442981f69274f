"""Tests of the page in a real browser, against the service in a separate process."""
