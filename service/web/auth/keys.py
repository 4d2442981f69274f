"""The public keys of tokens: fetched when a token needs one that is not known, and kept."""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet, OctKey
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.chains.coalescing import Coalescer
from service.errors import BackendError, KeysUnavailable

_log = Logger()

#: Minimum seconds between two fetches, after one that has succeeded and after one that has failed.
PAUSE, PAUSE_AFTER_FAILURE = 60.0, 5.0
#: Seconds after which keys are fetched again all the same, since one may have been withdrawn.
MAX_AGE = 3600.0


@define
class Keys:
    """The keys that ``fetch`` fetches: it fires with a JSON Web Key Set (RFC 7517), or fails with ``BackendError``."""

    fetch: Callable[[], Deferred[Any]]
    clock: IReactorTime
    _keys: KeySet = field(factory=lambda: KeySet([]), init=False)
    _fetched: float = field(default=0.0, init=False)
    _not_before: float = field(default=0.0, init=False)
    _is_down: bool = field(default=False, init=False)
    _fetches: Coalescer[None] = field(factory=Coalescer, init=False)
    _refreshing: Deferred[None] | None = field(default=None, init=False)

    def find(self, key_id: object) -> Deferred[KeySet]:
        """Find the keys for a token, whose header has ``key_id``, None without one.

        :return: a Deferred that fires with the keys, among which may not be that one; or fails with
            ``KeysUnavailable`` if that cannot be found out.
        """
        if self._has(key_id):
            self._refresh_if_old()
            return succeed(self._keys)
        if self.clock.seconds() >= self._not_before:
            self._refresh()
        if self._refreshing is not None:
            return self._fetches.join("keys", self._fetch).addCallback(lambda _: self._keys)
        return fail(keys_unavailable()) if self._is_down else succeed(self._keys)

    def close(self) -> Deferred[None]:
        """Stop fetching.

        :return: a Deferred that fires with None.
        """
        refreshing, self._refreshing = self._refreshing, None
        if refreshing is not None:
            refreshing.cancel()
        return succeed(None)

    def _has(self, key_id: object) -> bool:
        return bool(self._keys) and (key_id is None or any(key.kid == key_id for key in self._keys))

    def _fetch(self) -> Deferred[None]:
        d = self.fetch()
        d.addCallback(as_key_set)
        return d.addCallbacks(self._keep, self._or_unavailable)

    def _keep(self, keys: KeySet) -> None:
        self._keys, self._is_down = keys, False
        self._fetched = self.clock.seconds()
        self._not_before = self._fetched + PAUSE

    def _or_unavailable(self, failure: Failure) -> None:
        failure.trap(BackendError)
        _log.warn("{error.with_cause}", error=failure.value)
        self._is_down, self._not_before = True, self.clock.seconds() + PAUSE_AFTER_FAILURE
        raise keys_unavailable() from failure.value

    def _refresh_if_old(self) -> None:
        if self.clock.seconds() > max(self._fetched + MAX_AGE, self._not_before):
            self._refresh()

    def _refresh(self) -> None:
        """Fetch the keys for everybody: a client that disconnects meanwhile must not cancel that."""
        if self._refreshing is None:
            self._refreshing = self._fetches.join("keys", self._fetch)
            self._refreshing.addBoth(self._refreshed)

    def _refreshed(self, _: object) -> None:
        self._refreshing = None


def as_key_set(document: Any) -> KeySet:
    """Parse a JSON Web Key Set; keys that cannot be used are skipped, and so are secrets.

    :raise BackendError: if it is not one, or has no usable key.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    keys: list[Key] = []
    for one in listed if isinstance(listed, list) else []:
        try:
            key = JWKRegistry.import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if not isinstance(key, OctKey):
            keys.append(key)
    if not keys:
        raise BackendError("key server", "did not send a set of public keys")
    return KeySet(keys)


def keys_unavailable() -> KeysUnavailable:
    """Make the error for keys that cannot be fetched."""
    return KeysUnavailable("the token cannot be checked now; try again in 5 seconds")
