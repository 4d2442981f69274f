"""Tests of X-ray: what it records, and that it changes nothing else."""
