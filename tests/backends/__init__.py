"""Tests of the real backends, beyond the contracts."""
