"""Seal for good: sign, hash, encrypt under the learner's key, make the leaf that commits to it.

Credentials of one badge take the short way of `credentials.core.sealing`: what they have in common
is worked out once and kept in this process for the chunks to come. Transcripts are one of a kind
and take the long way, `secure`.
"""

import json
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from blockchain.core import merkle
from blockchain.core.lanes import Lane
from credentials.core import conformity, sealing
from credentials.services import lanes
from issuers import models as issuer_models
from issuers import selectors as issuers
from issuers.core import envelope, keys

log = logging.getLogger(__name__)

# One credential of so many, drawn at random, is judged by the full processors besides the first of
# each chunk and shape. That takes 15 ms, so that it adds 8 microseconds to what each one costs.
SAMPLE = 2_000
# Bytes of what was worked out that a process keeps; the badge that was not used for longest
# goes first.
MAX_KEPT = 24_000_000


@dataclass(frozen=True, slots=True)
class Signer:
    """Everything that is the same for all that one issuer signs in a chunk."""

    profile: dict[str, Any]
    method: str
    key: Ed25519PrivateKey
    lanes: Sequence[Lane]
    endorsements: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Secured:
    """A signed document as it is kept: encrypted, and the leaf that commits to it."""

    sealed: bytes
    leaf: bytes


def signer_of(*, issuer: issuer_models.Issuer, now: datetime) -> Signer:
    """Return what signs for an issuer at `now`, and see to it that its anchors will be accepted.

    Raises:
        issuers.selectors.NoSigningKey: no key is valid, or this process may not sign.
    """
    # Our leaves count only where the issuer's own DID document names the account that anchors them.
    taken = lanes.lanes_for(issuer=issuer, now=now)
    method, seed = issuers.signing_key(issuer=issuer, now=now)
    return Signer(
        profile=issuers.profile(issuer=issuer), method=method, key=keys.load(seed), lanes=taken
    )


def secure(
    unsigned: Mapping[str, Any],
    *,
    signer: Signer,
    data_key: bytes,
    associated: bytes,
    now: datetime,
) -> Secured:
    """Sign and hash one document the long way, and encrypt what is kept.

    Args:
        unsigned: The document, without a proof.
        signer: What `signer_of` returned.
        data_key: The learner's, 32 bytes.
        associated: What the encrypted bytes are bound to.
        now: Written into the proof.

    Raises:
        ProofError: the document cannot be signed.
    """
    sealed = sealing.seal_alone(
        unsigned, key=signer.key, verification_method=signer.method, created=now
    )
    return enclose(sealed, data_key=data_key, associated=associated)


def enclose(sealed: sealing.Sealed, *, data_key: bytes, associated: bytes) -> Secured:
    """Encrypt a signed document with the salt of its leaf, and make the leaf.

    Args:
        sealed: The document, signed.
        data_key: The learner's, 32 bytes.
        associated: What the encrypted bytes are bound to.
    """
    drawn = secrets.token_bytes(merkle.HASH_SIZE + envelope.NONCE_SIZE)
    salt, nonce = drawn[: merkle.HASH_SIZE], drawn[merkle.HASH_SIZE :]
    kept = envelope.encrypt(
        salt + sealed.digest + sealed.data, dek=data_key, nonce=nonce, associated=associated
    )
    return Secured(sealed=kept, leaf=merkle.leaf(salt=salt, digest=sealed.digest))


@dataclass(frozen=True, slots=True)
class Common:
    """What all credentials of one badge share, for as long as this process keeps it.

    Attributes:
        profile: The issuer's, as it stands in each of them.
        achievement: The badge, likewise.
        plans: What was worked out for their shapes.
        conformity: Which shapes conform to the standard.
    """

    profile: dict[str, Any]
    achievement: dict[str, Any]
    plans: sealing.Plans
    conformity: conformity.Conformity


class _Kept(threading.local):
    """What this thread keeps, by what it is made of; the oldest first."""

    def __init__(self) -> None:
        self.common: OrderedDict[tuple[str, ...], Common] = OrderedDict()


_kept = _Kept()


def common(*, method: str, profile: Mapping[str, Any], achievement: Mapping[str, Any]) -> Common:
    """Return what credentials of a badge share; the same objects whenever it has not changed.

    Args:
        method: Name of the key that signs.
        profile: The issuer's.
        achievement: The badge.
    """
    key = (method, json.dumps(profile), json.dumps(achievement))
    found = _kept.common.get(key)
    if found is None:
        constants = (dict(profile), dict(achievement))
        found = _kept.common[key] = Common(
            *constants,
            plans=sealing.Plans(verification_method=method, constants=constants),
            conformity=conformity.Conformity(constants=constants),
        )
    _kept.common.move_to_end(key)
    while len(_kept.common) > 1 and (
        sum(each.plans.size for each in _kept.common.values()) > MAX_KEPT
    ):
        _kept.common.popitem(last=False)
    return found


def forget() -> None:
    """Forget what was worked out: it was wrong."""
    _kept.common.clear()


class Press:
    """Seals credentials of one badge at one instant."""

    def __init__(self, *, common: Common, key: Ed25519PrivateKey, now: datetime) -> None:
        """Take over what is common to them.

        Args:
            common: Profile, achievement, and what was worked out.
            key: The issuer's.
            now: Written into the proofs.
        """
        self._common, self._key, self._now = common, key, now
        self._sealer = sealing.Sealer(key=key, created=now, plans=common.plans)
        self._until_sampled = self._draw()

    def seal(self, unsigned: Mapping[str, Any]) -> sealing.Sealed:
        """Sign a document that was not read yet.

        Raises:
            NonConformant: it departs from the standard.
            ProofError: it cannot be signed.
            SealDiffers: it was chosen to be judged, and is wrong.
        """
        division = self._sealer.divide(unsigned)
        self._common.conformity.require(unsigned, division)
        if not settings.SEAL_COMPILED:
            return sealing.seal_alone(
                unsigned,
                key=self._key,
                verification_method=self._common.plans.verification_method,
                created=self._now,
            )
        is_sampled = self._until_sampled == 0
        self._until_sampled = self._draw() if is_sampled else self._until_sampled - 1
        return self._sealer.seal(unsigned, division=division, is_sampled=is_sampled)

    @staticmethod
    def _draw() -> int:
        """Draw how many to pass over until the next one is judged: `SAMPLE` on average, or so."""
        return secrets.randbelow(2 * SAMPLE - 1)

    def tell(self, name: str) -> None:
        """Note in the log how many took which way."""
        sealer = self._sealer
        log.info(
            "%s: %d sealed from what was worked out, %d of a shape that is new here,"
            " %d the long way because the short one could not be decided; %d judged",
            name, sealer.filled, sealer.first, sealer.fell_back, sealer.judged,
        )  # fmt: skip
