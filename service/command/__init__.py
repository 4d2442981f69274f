"""The process: configured, composed, started, forked, drained and logged."""
