"""The slides' samples, bug for bug and each beside its cure: to call, to run and to test."""
