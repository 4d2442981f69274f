"""The process: settings, composition, start, stop."""
