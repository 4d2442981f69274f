"""The slides' code samples, bug for bug, each next to its fix."""
