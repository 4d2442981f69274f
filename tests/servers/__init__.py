"""Real servers that the tests start on a free local port, in a temporary folder."""
