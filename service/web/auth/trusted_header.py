"""Callers that a trusted proxy names in a header."""

import unicodedata
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed

from service.errors import BadRequest, Unauthorised
from service.web.auth.identity import Identity
from service.web.clients import TrustedProxies
from service.web.parameters import USERNAME


@frozen
class HeaderAuthenticator:
    """An authenticator that believes the header ``name``, if it comes from one of the ``proxies``."""

    name: str
    proxies: TrustedProxies

    def identify(self, request: Any) -> Deferred[Identity]:
        """See ``Authenticator.identify``."""
        d: Deferred[Any] = succeed(request)
        return d.addCallback(self._user_named)

    def _user_named(self, request: Any) -> Identity:
        values = request.requestHeaders.getRawHeaders(self.name.encode(), [])
        if not values or not self.proxies.has_sent(request):
            raise Unauthorised("the proxy has not named a user", f'Proxy header="{self.name}"')
        if len(values) > 1:
            raise BadRequest(f"the header {self.name} is given more than once")
        try:
            username = values[0].decode()
        except UnicodeDecodeError as error:
            raise BadRequest(f"the header {self.name} is not UTF-8") from error
        if not username or len(username) > USERNAME.most or has_control_characters(username):
            raise BadRequest(f"the header {self.name} is not a username")
        return Identity(username)


def has_control_characters(text: str) -> bool:
    """Return whether a text contains a control character."""
    return any(unicodedata.category(character) == "Cc" for character in text)
