"""The contact lists of an ejabberd server, through its HTTP API."""
