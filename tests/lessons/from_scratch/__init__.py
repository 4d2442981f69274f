"""Tests of what is made from scratch."""
