"""The process: settings, composition, startup, workers, graceful shutdown and logging."""
