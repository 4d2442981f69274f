# Not newer: ada-url has no wheel for 3.15 yet. On pypy:3.11-slim a request costs less than half as much, once it is warm.
ARG PYTHON=python:3.14-slim
FROM ${PYTHON} AS build
WORKDIR /src
# Without a wheel for PyPy, some packages are compiled.
# hadolint ignore=DL3008
RUN if python -c 'import sys; sys.exit(sys.implementation.name == "cpython")'; then \
        apt-get update && apt-get install --yes --no-install-recommends g++; \
    fi
COPY pyproject.toml README.md LICENSE ./
COPY service service
COPY fakes fakes
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && python -m venv /opt/ajax-contacts \
    && /opt/ajax-contacts/bin/pip install --no-cache-dir "$(echo /wheels/*.whl)[postgres,speed]"

FROM ${PYTHON}
LABEL org.opencontainers.image.title="ajax-contacts" \
      org.opencontainers.image.description="Contacts, user info and page titles as JSON, through Deferred chains" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/ajax-contacts /opt/ajax-contacts
# The mount point for a volume with a SQLite file or a token: a new volume inherits its owner.
RUN mkdir /var/lib/ajax-contacts && chown 10001:10001 /var/lib/ajax-contacts
# At tcp6: the service takes IPv4 connections as well, and listens on IPv4 alone if IPv6 is disabled.
ENV PATH=/opt/ajax-contacts/bin:$PATH \
    AJAX_CONTACTS_LISTEN=tcp6:8080
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["ajax-contacts", "health"]
ENTRYPOINT ["ajax-contacts"]
