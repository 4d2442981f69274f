"""Bytes in, answers out: the channel by itself, with a small Klein application behind it."""
