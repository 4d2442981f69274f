"""Tests of ``service.web.openapi``."""
