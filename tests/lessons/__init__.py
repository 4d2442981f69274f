"""Tests of the lessons: each mistake and each fix."""
