"""All it takes to use the fixtures."""

pytest_plugins = ["service.testing"]
