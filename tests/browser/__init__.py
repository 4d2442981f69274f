"""The page in a real browser, against the service in a process of its own."""
