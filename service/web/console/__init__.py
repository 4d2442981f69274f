"""The page at ``/``: static files, and what it has to know to begin."""
