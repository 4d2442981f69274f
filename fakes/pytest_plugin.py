"""A deprecated alias of ``service.testing``, for one more release."""

from service.testing import ajax_contacts

__all__ = ["ajax_contacts"]
