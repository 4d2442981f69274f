"""The slides' functions, done right: Deferred chains that know neither HTTP nor SQL."""
