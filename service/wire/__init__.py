"""Bytes become requests: an HTTP/1.1 channel for Klein applications that has an answer to every byte.

It knows nothing of what is served. To serve a Klein application with it::

    def as_problem(failure, request):  # what no endpoint has handled
        request.setResponseCode(getattr(failure.value, "code", 500))
        return b'{"error": "..."}'

    def refuse(status, code):  # what never became a request
        return b'{"error": "..."}'

    factory = HTTPFactory(clock=reactor, handle=KleinRoutes(app, fail=as_problem).handle, refuse=refuse)
    factory.port = await endpoint.listen(factory)

Bodies of requests are read up to a limit, and thrown away.
"""
