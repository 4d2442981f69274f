"""A deprecated alias of ``service.testing``, until version 1.1."""

from service.testing import ajax_contacts, pytest_configure

__all__ = ["ajax_contacts", "pytest_configure"]
