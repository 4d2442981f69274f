"""Tests of one backend, beyond the contract."""
