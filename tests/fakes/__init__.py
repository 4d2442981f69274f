"""What the fakes promise to those who test with them."""
