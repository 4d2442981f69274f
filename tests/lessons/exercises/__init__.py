"""Tests of the exercises: solutions, and usual wrong answers."""
