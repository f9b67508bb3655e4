"""Sign other forms of what was issued: VC-JWT, assertions of Open Badges 2.0, base proofs.

    asked for  ->  a row that is due           (a door, which has no key)
    due        ->  signed, sealed              (a worker)

There are as many rows as kinds for a credential, whoever asks and how often. All are made from the
signed document, so they say what it says.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction

from credentials import models, selectors
from credentials.core import canonical, jose
from credentials.core.disclosure import parts, suite
from credentials.core.proof import ProofError
from credentials.selectors import disclosure, editions, openbadges2
from issuers import models as issuer_models
from issuers import selectors as issuers
from issuers import services as parties
from issuers.core import envelope, jwk
from learners import selectors as learners

log = logging.getLogger(__name__)

Kind = models.Edition.Kind
State = models.Edition.State
# What was refused is tried again when it is asked for after this time: the issuer may have mended
# what was missing.
RETRY = timedelta(minutes=5)
KEYS = {
    Kind.JWT: issuers.Kind.RSA,
    Kind.JWT_ES256: issuers.Kind.P256,
    # Verifiers of Open Badges 2.0 know RSA alone.
    Kind.ASSERTION: issuers.Kind.RSA,
    Kind.DISCLOSURE: issuers.Kind.P256,
}
# What can be wrong with one edition; anything else is a fault of ours and stops the chunk.
REFUSALS = (
    *openbadges2.INEXPRESSIBLE,
    ProofError,
    canonical.MalformedDocument,
    issuers.NoSigningKey,
    learners.Erased,
    parts.NotABadge,
)


@transaction.atomic
def request_edition(
    *, issuer: issuer_models.Issuer, credential: models.Credential, kind: str, now: datetime
) -> models.Edition:
    """Return the edition of that kind; where it is not there yet, a worker will sign it.

    Args:
        issuer: Who issued the credential.
        credential: What another form is asked of, signed.
        kind: One of `Edition.Kind`.
        now: The instant of asking.

    Returns:
        The row, in whatever state it is: due, signed, or refused with the reason on it.

    Raises:
        NotSigned: there is nothing yet that another form could say.
        Erased: the learner was erased; nothing is made for them any more.
    """
    if credential.state != models.Credential.State.SIGNED:
        raise selectors.NotSigned(f"Credential {credential.uuid} is not signed.")
    learners.data_key(learner=credential.learner)
    edition, is_new = models.Edition.objects.of(issuer).get_or_create(
        issuer=issuer,
        credential=credential,
        kind=Kind(kind),
        defaults={"requested_at": now},
    )
    if not is_new and _is_to_be_made_again(issuer, edition, now):
        models.Edition.objects.of(issuer).filter(pk=edition.pk, state=edition.state).update(
            state=State.DUE, requested_at=now, signed_at=None, sealed=None, kid="", refusal=""
        )
        edition.refresh_from_db()
    return edition


def _is_to_be_made_again(
    issuer: issuer_models.Issuer, edition: models.Edition, now: datetime
) -> bool:
    if edition.state == State.REFUSED:
        return edition.requested_at <= now - RETRY
    if edition.state == State.SIGNED:
        # Nobody believes a key that was revoked, whatever it signed.
        shown = issuers.published_key(issuer=issuer, kid=edition.kid)
        return shown is None or shown.revoked is not None
    return False


def sign_editions(*, now: datetime, limit: int) -> int:
    """Sign at most `limit` editions that are due.

    Any number of workers may run this at once: each claims rows that nobody else holds.

    Args:
        now: The instant of signing.
        limit: The size of the chunk.

    Returns:
        How many rows were settled: signed, or refused with the reason kept on the row.

    Raises:
        issuers.selectors.NoSigningKey: this process may not sign.

    Source: Open Badges 3.0 section 8.2.3; Open Badges 2.0, "Signed Badges".
    """
    if not settings.SIGNING_KEK:
        raise issuers.NoSigningKey("This process holds no SIGNING_KEK; only workers sign.")
    with transaction.atomic():
        due = list(
            # Across issuers: a worker serves them all.
            models.Edition.objects.across_issuers()
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("issuer", "credential__learner", "credential__achievement__issuer")
            .defer(
                "issuer__logo",
                "credential__achievement__image",
                "credential__achievement__drawing",
                "credential__achievement__issuer__logo",
            )
            .filter(state=State.DUE)
            .order_by("requested_at", "id")[:limit]
        )
        due.sort(key=attrgetter("issuer_id"))
        for _issuer_id, group in groupby(due, key=attrgetter("issuer_id")):
            _sign_for_one_issuer(list(group), now)
    return len(due)


def _sign_for_one_issuer(due: list[models.Edition], now: datetime) -> None:
    issuer = due[0].issuer
    data_keys = learners.data_keys(
        issuer_id=issuer.pk, learner_ids=[each.credential.learner_id for each in due]
    )
    keys: dict[str, issuers.OpenKey] = {}
    for edition in due:
        credential = edition.credential
        try:
            data_key = data_keys.get(credential.learner_id)
            if data_key is None:
                raise learners.Erased("The learner was erased before the edition was signed.")
            kind = KEYS[Kind(edition.kind)]
            if kind not in keys:
                keys[kind] = parties.ready_key(issuer=issuer, now=now, kind=kind)
            token = _SIGN[Kind(edition.kind)](credential, keys[kind], now)
        except REFUSALS as refusal:
            edition.state = State.REFUSED
            edition.refusal = str(refusal)[:500]
            log.warning(
                "edition %s of credential %s could not be signed: %s",
                *(edition.kind, credential.uuid, refusal),
            )
            continue
        edition.state, edition.signed_at = State.SIGNED, now
        edition.kid = keys[kind].kid
        edition.sealed = envelope.encrypt(
            token.encode(),
            dek=data_key,
            nonce=secrets.token_bytes(12),
            associated=editions.sealing_context(uuid=credential.uuid, kind=edition.kind),
        )
    models.Edition.objects.of(issuer).bulk_update(
        due, ["state", "signed_at", "kid", "sealed", "refusal"], batch_size=500
    )


def _jwt(credential: models.Credential, key: issuers.OpenKey, now: datetime) -> str:
    """Return the credential as a VC-JWT; the token is its proof, so it carries no other."""
    document = canonical.loads(selectors.opened(credential=credential).document)
    document.pop("proof")
    return jose.sign_credential(document, key=_private(key), kid=key.address)


def _assertion(credential: models.Credential, key: issuers.OpenKey, now: datetime) -> str:
    claims = openbadges2.signed(credential=credential, kid=key.kid)
    return jose.sign(canonical.dumps(claims), key=_private(key), header={"typ": jose.TYPE})


def _disclosure(credential: models.Credential, key: issuers.OpenKey, now: datetime) -> str:
    """Return the credential with a base proof: from it, parts can be shown."""
    whole = canonical.loads(selectors.opened(credential=credential).document)
    document = parts.under(whole, disclosure.name(uuid=credential.uuid))
    if credential.token in canonical.dumps(document).decode():
        raise parts.NotABadge("a part would hold the address of the whole")
    secured = suite.sign(
        document,
        key=cast("ec.EllipticCurvePrivateKey", key.private),
        verification_method=key.method,
        created=now,
        mandatory=parts.mandatory(document),
        hmac_key=secrets.token_bytes(32),
        # For this proof alone; nobody keeps it.
        proof_key=ec.generate_private_key(ec.SECP256R1()),
    )
    return canonical.dumps(secured).decode()


def _private(key: issuers.OpenKey) -> jwk.PrivateKey:
    return cast("jwk.PrivateKey", key.private)


_SIGN: dict[str, Callable[[models.Credential, Any, datetime], str]] = {
    Kind.JWT: _jwt,
    Kind.JWT_ES256: _jwt,
    Kind.ASSERTION: _assertion,
    Kind.DISCLOSURE: _disclosure,
}
