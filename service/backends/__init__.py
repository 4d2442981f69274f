"""The real backends, behind the same interfaces as the fakes."""
