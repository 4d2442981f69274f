"""The loop's own transports and timers, on loops of the tests' own."""
