"""The web layer: routes whose Deferred chains turn requests into JSON responses."""
