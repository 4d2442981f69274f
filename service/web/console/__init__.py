"""The console, which is the page at ``/``: its static files, and the inputs that it suggests."""
