"""What is particular to each real backend."""
