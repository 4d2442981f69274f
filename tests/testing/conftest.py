"""The sample project is run by a test of its own."""

collect_ignore = ["sample"]
