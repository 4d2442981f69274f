"""Tests of the files to start from, copied to where they belong."""
