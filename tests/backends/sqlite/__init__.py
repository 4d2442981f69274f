"""What is particular to the backend of that name."""
