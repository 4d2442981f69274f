"""The keys of tokens: fetched when they are needed, and not too often."""

from typing import Any

import pytest
from joserfc.jwk import OctKey
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from service.errors import BackendError, KeysUnavailable
from service.web.auth.keys import MAX_AGE, PAUSE, PAUSE_AFTER_FAILURE, Keys, as_key_set
from tests.log import Log
from tests.results import failure_of, result_of
from tests.web.auth.issuer import Issuer, ec_key, rsa_key, token
from tests.web.memory import Web


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def keys(issuer: Issuer, clock: Clock) -> Keys:
    return Keys(issuer.fetch, clock)


def test_keys_are_kept(keys: Keys, issuer: Issuer) -> None:
    """Keys are fetched for the first token, and kept for the others."""
    for key_id in ("one", "two", None, "one"):
        assert {key.kid for key in result_of(keys.find(key_id))} == {"one", "two"}
    assert issuer.fetches == 1


def test_an_unknown_key(keys: Keys, issuer: Issuer, clock: Clock) -> None:
    """An unknown key is looked for once a minute, and found after the keys have changed."""
    result_of(keys.find("one"))
    issuer.keys = [rsa_key("three")]
    for _ in range(3):
        assert "three" not in {key.kid for key in result_of(keys.find("three"))}
    assert issuer.fetches == 1
    clock.advance(PAUSE)
    assert [key.kid for key in result_of(keys.find("three"))] == ["three"]
    assert issuer.fetches == 2


def test_those_who_need_it_at_the_same_time(clock: Clock) -> None:
    """Tokens that need keys at the same time share a fetch."""
    waiting: list[Deferred[Any]] = []

    def fetch() -> Deferred[Any]:
        waiting.append(Deferred())
        return waiting[-1]

    keys = Keys(fetch, clock)
    found = [keys.find("one") for _ in range(3)]
    [fetching] = waiting
    fetching.callback({"keys": [rsa_key("one").as_dict(private=False)]})
    assert [[key.kid for key in result_of(d)] for d in found] == [["one"]] * 3


def test_a_client_that_leaves(clock: Clock) -> None:
    """A client that disconnects does not cancel the fetch: the keys are for the next ones, too."""
    fetching: list[Deferred[Any]] = []

    def fetch() -> Deferred[Any]:
        fetching.append(Deferred())
        return fetching[-1]

    keys = Keys(fetch, clock)
    for _ in range(3):
        left = keys.find("one")
        left.cancel()
        failure_of(left, CancelledError)
    waiting = keys.find("one")
    [only] = fetching
    only.callback({"keys": [rsa_key("one").as_dict(private=False)]})
    assert [key.kid for key in result_of(waiting)] == ["one"]


def test_a_server_that_is_down(keys: Keys, issuer: Issuer, clock: Clock, log: Log) -> None:
    """While the server is down, tokens with known keys are checked, and others cannot be; it is asked again soon."""
    issuer.down = True
    for _ in range(3):
        failure_of(keys.find("one"), KeysUnavailable)
    assert issuer.fetches == 1
    assert log.messages("service.web.auth.keys") == ["the key server cannot be reached"]
    issuer.down = False
    clock.advance(PAUSE_AFTER_FAILURE)
    result_of(keys.find("one"))
    issuer.down = True
    clock.advance(PAUSE)
    failure_of(keys.find("three"), KeysUnavailable)
    assert {key.kid for key in result_of(keys.find("one"))} == {"one", "two"}


def test_old_keys(keys: Keys, issuer: Issuer, clock: Clock, log: Log) -> None:
    """Old keys are fetched again, while tokens are still checked with them: one may have been withdrawn."""
    result_of(keys.find("one"))
    clock.advance(MAX_AGE + 1)
    issuer.down = True
    assert [key.kid for key in result_of(keys.find("one"))] == ["one", "two"]
    assert issuer.fetches == 2
    issuer.down = False
    issuer.keys = [ec_key("two")]
    clock.advance(PAUSE_AFTER_FAILURE + 1)
    result_of(keys.find("one"))
    assert [key.kid for key in result_of(keys.find("two"))] == ["two"]
    assert issuer.fetches == 3


def test_stopping(clock: Clock) -> None:
    """A service that stops does not wait for keys."""
    cancelled: list[object] = []
    answers = [{"keys": [rsa_key("one").as_dict(private=False)]}]

    def fetch() -> Deferred[Any]:
        d: Deferred[Any] = Deferred(cancelled.append)
        if answers:
            d.callback(answers.pop())
        return d

    keys = Keys(fetch, clock)
    result_of(keys.find("one"))
    assert result_of(keys.close()) is None
    clock.advance(MAX_AGE + 1)
    result_of(keys.find("one"))
    assert result_of(keys.close()) is None
    assert len(cancelled) == 1


@pytest.mark.parametrize(
    "document",
    [
        *(None, [], "keys", {}, {"keys": None}, {"keys": {}}, {"keys": []}, {"keys": [1, None, "x", {}]}),
        *({"keys": [{"kty": "RSA"}]}, {"keys": [{"kty": "RSA", "n": "?", "e": "AQAB"}]}, {"keys": [{"kty": "PQC"}]}),
        {"keys": [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw"}]},
    ],
    ids=str,
)
def test_what_is_no_key_set(document: Any) -> None:
    """A document without a public key is an error of the server."""
    with pytest.raises(BackendError, match="did not send a set of public keys"):
        as_key_set(document)


def test_keys_that_cannot_be_used() -> None:
    """Keys of another kind are skipped, and so are secrets."""
    others = [{"kty": "PQC"}, OctKey.generate_key(256).as_dict(), {"kty": "EC", "crv": "P-256", "x": "!", "y": "!"}]
    assert [key.kid for key in as_key_set({"keys": [*others, rsa_key("one").as_dict(private=False)]})] == ["one"]


def test_a_token_that_cannot_be_checked(issuer: Issuer, clock: Clock, log: Log) -> None:
    """A client whose token cannot be checked gets 503, and when to try again."""
    issuer.down = True
    web = Web(permissions=issuer.permissions(clock))
    answer = web.get("/contacts?username=dustin", headers={"Authorization": f"Bearer {token()}"})
    assert (answer.status, answer.json["code"], answer.header("Retry-After")) == (503, "keys_unavailable", "5")
