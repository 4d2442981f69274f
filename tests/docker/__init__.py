"""What the files of the containers promise, as far as can be seen without an engine."""
