"""Stand-ins for the database, the IM server and the web: in memory, on an injected clock, with faults by name."""
