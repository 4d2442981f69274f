"""The description of the API, by the OpenAPI specification 3.1, and of its problems."""
