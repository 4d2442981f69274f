"""Tests of the HTTP server by itself, with a small Klein application behind it."""
