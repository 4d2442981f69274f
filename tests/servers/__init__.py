"""Real servers, started by the tests themselves: on a free port of this machine, in a temporary folder."""
