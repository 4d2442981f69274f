"""Tests of the chains, on a fake clock."""
