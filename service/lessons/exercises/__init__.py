"""Ten exercises: files with a fault or a gap each, and what checks whether it is mended."""
