"""In-memory fakes of the database, the IM service and the web, on an injected clock, with faults chosen by name."""
