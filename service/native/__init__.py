"""Twisted on the event loop's own transports and timers: any endpoint, any protocol, for less."""
