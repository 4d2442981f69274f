"""Requests in, JSON out, in memory."""
