"""Tests of the service and of the fakes, package by package."""
