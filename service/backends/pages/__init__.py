"""Web pages of strangers, fetched with care."""
