"""Contacts, user info and page titles as JSON, through Deferred chains."""
