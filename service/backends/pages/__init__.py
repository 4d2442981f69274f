"""Web pages from untrusted servers, fetched with protection against SSRF."""
