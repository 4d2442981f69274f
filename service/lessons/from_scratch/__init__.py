"""What Twisted does, without Twisted: a Deferred and an event loop, small enough to read in a minute."""
