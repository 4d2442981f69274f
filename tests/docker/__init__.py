"""Tests of the container files that do not need a container engine."""
