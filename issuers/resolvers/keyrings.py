"""The key-encryption keys at hand: they wrap data keys and unwrap them, and that is all they do.

    local       keys given to this process: AES-KWP here, about three microseconds each
    service     keys that a service holds (Vault or OpenBao, engine `transit`): one question for
                a thousand data keys; the key never comes here

A keyring is the keys of one purpose. The first one wraps; each unwraps what it wrapped. Nothing
here is ever printed: errors name keys, and never show one.

Source: RFC 5649; HTTP API of the transit secrets engine (encrypt and decrypt, batch_input).
"""

import binascii
import http.client
import json
import re
import ssl
from base64 import b64decode, b64encode
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from issuers.core import envelope, keks

# Data keys in one question to a service, the time that it has, and the bytes of its answer.
BATCH, SECONDS, LIMIT = 1_000, 5.0, 4_000_000
_CIPHERTEXT = re.compile(r"vault:v(\d{1,9}):[A-Za-z0-9+/=]{1,900}")


class KeyServiceUnavailable(Exception):  # noqa: N818 - it says what is wrong
    """A key service did not answer, or not as it should; nothing was wrapped or unwrapped."""


class _Holder(Protocol):
    """Who holds a key-encryption key: here, or elsewhere."""

    def opens(self, kek_id: str) -> bool: ...
    def wrap(self, deks: Sequence[bytes]) -> list[bytes]: ...
    def unwrap(self, wrapped: Sequence[bytes]) -> list[bytes]: ...


class Keyring:
    """The key-encryption keys of one purpose."""

    def __init__(self, given: Sequence[keks.Kek], *, token: str = "") -> None:
        if not given:
            raise ValueError("A keyring without a key wraps nothing.")
        self._holders: list[_Holder] = [
            _Local(kek) if isinstance(kek, keks.LocalKek) else _Service(kek, token) for kek in given
        ]

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._holders)}>"

    def wrap(self, deks: Sequence[bytes]) -> list[bytes]:
        """Wrap data keys under the first key.

        Raises:
            KeyServiceUnavailable: the service that holds it does not answer.
        """
        return self._holders[0].wrap(deks) if deks else []

    def unwrap(self, wrapped: Sequence[bytes]) -> list[bytes]:
        """Unwrap data keys, each with the key that wrapped it; in the order given.

        Raises:
            UnknownKek: a key that wrapped one is not at hand.
            EnvelopeError: the bytes do not open.
            KeyServiceUnavailable: the service that holds a key does not answer.
        """
        places: dict[_Holder, list[int]] = {}
        for place, each in enumerate(wrapped):
            places.setdefault(self._holder_of(each), []).append(place)
        found = [b""] * len(wrapped)
        for holder, taken in places.items():
            opened = holder.unwrap([wrapped[place] for place in taken])
            for place, dek in zip(taken, opened, strict=True):
                found[place] = dek
        return found

    def header(self) -> bytes:
        """Return how every data key begins that is wrapped now: it names the key and its version.

        Raises:
            KeyServiceUnavailable: the service that holds the first key does not answer.
        """
        return envelope.header(self.wrap([bytes(envelope.KEY_SIZE)])[0])

    def current(self) -> str:
        """Return the name of the key, and its version, under which data keys are wrapped now.

        Raises:
            KeyServiceUnavailable: the service that holds it does not answer.
        """
        return envelope.kek_id_of(self.wrap([bytes(envelope.KEY_SIZE)])[0])

    def _holder_of(self, wrapped: bytes) -> _Holder:
        kek_id = envelope.kek_id_of(wrapped)
        for holder in self._holders:
            if holder.opens(kek_id):
                return holder
        raise envelope.UnknownKek(
            f"the data key is wrapped by the key-encryption key {kek_id!r}, which is not at hand"
        )


def signing() -> Keyring | None:
    """Return the keyring of the issuers' signing keys; None where this process may not have it."""
    if not settings.SIGNING_KEK:
        return None
    return Keyring(settings.SIGNING_KEK, token=settings.SIGNING_KEK_TOKEN)


def learner() -> Keyring:
    """Return the keyring of the learners' data keys."""
    return Keyring(settings.LEARNER_KEK, token=settings.LEARNER_KEK_TOKEN)


class _Local:
    def __init__(self, kek: keks.LocalKek) -> None:
        self._kek = kek

    def opens(self, kek_id: str) -> bool:
        return kek_id == self._kek.kek_id

    def wrap(self, deks: Sequence[bytes]) -> list[bytes]:
        kek = self._kek
        return [envelope.wrap(dek=dek, kek=kek.key, kek_id=kek.kek_id) for dek in deks]

    def unwrap(self, wrapped: Sequence[bytes]) -> list[bytes]:
        found = {self._kek.kek_id: self._kek.key}
        return [envelope.unwrap(each, keks=found) for each in wrapped]


class _Service:
    def __init__(self, kek: keks.ServiceKek, token: str) -> None:
        self._kek, self._token = kek, token

    def opens(self, kek_id: str) -> bool:
        return keks.is_version_of(kek_id, self._kek.name)

    def wrap(self, deks: Sequence[bytes]) -> list[bytes]:
        answers = self._ask("encrypt", [{"plaintext": b64encode(dek).decode()} for dek in deks])
        return [self._enclosed(answer.get("ciphertext")) for answer in answers]

    def unwrap(self, wrapped: Sequence[bytes]) -> list[bytes]:
        asked = [{"ciphertext": envelope.disclose(each).decode("ascii")} for each in wrapped]
        return [self._dek(answer.get("plaintext")) for answer in self._ask("decrypt", asked)]

    def _enclosed(self, ciphertext: object) -> bytes:
        found = _CIPHERTEXT.fullmatch(ciphertext) if isinstance(ciphertext, str) else None
        if found is None:
            raise self._trouble("its answer is no wrapped key")
        return envelope.enclose(
            found[0].encode(), kek_id=keks.version_id(self._kek.name, int(found[1]))
        )

    def _dek(self, plaintext: object) -> bytes:
        try:
            dek = b64decode(plaintext, validate=True) if isinstance(plaintext, str) else b""
        except binascii.Error:
            dek = b""
        if len(dek) != envelope.KEY_SIZE:
            raise envelope.EnvelopeError(
                f"the data key does not open under the key-encryption key {self._kek.name!r}"
            )
        return dek

    def _ask(self, act: str, items: list[dict[str, str]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for start in range(0, len(items), BATCH):
            piece = items[start : start + BATCH]
            answer = self._post(f"{self._kek.base}/{act}/{self._kek.name}", {"batch_input": piece})
            results = answer.get("data", {}) if isinstance(answer, dict) else {}
            results = results.get("batch_results") if isinstance(results, dict) else None
            if (
                not isinstance(results, list)
                or len(results) != len(piece)
                or not all(isinstance(each, dict) for each in results)
            ):
                raise self._trouble("it answered something else than was asked")
            found += results
        return found

    def _post(self, address: str, body: dict[str, Any]) -> Any:
        url = urlsplit(address)
        connection: http.client.HTTPConnection
        if url.scheme == "https":
            connection = http.client.HTTPSConnection(url.netloc, timeout=SECONDS, context=_trust())
        else:  # on this machine alone: see keks.read
            connection = http.client.HTTPConnection(url.netloc, timeout=SECONDS)
        headers = {"X-Vault-Token": self._token, "Content-Type": "application/json"}
        try:
            connection.request("POST", url.path, json.dumps(body), headers)
            response = connection.getresponse()
            read = response.read(LIMIT + 1)
        except (OSError, http.client.HTTPException) as error:
            # Not `from error`: what a library says of a request may hold what was in it.
            raise self._trouble(type(error).__name__) from None
        finally:
            connection.close()
        # 400: some of the batch could not be done; each result says which.
        if response.status not in (200, 400) or len(read) > LIMIT:
            raise self._trouble(f"it answered {response.status}")
        try:
            return json.loads(read)
        except ValueError:
            raise self._trouble("its answer cannot be read") from None

    def _trouble(self, reason: str) -> KeyServiceUnavailable:
        return KeyServiceUnavailable(
            f"the key service at {self._kek.base} ({self._kek.name}): {reason}"
        )


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
