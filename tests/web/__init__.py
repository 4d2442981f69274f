"""Tests of the web layer, in memory."""
