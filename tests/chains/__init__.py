"""The chains, on a clock of the tests' own."""
