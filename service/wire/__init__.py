"""Bytes become requests: the HTTP/1.1 server of this service, which knows nothing of what it serves."""
