"""The third check: did the key that signed speak for the issuer when it signed?

The date in a proof is the signer's word. Of a key that was replaced in good order it is believed:
nobody but the issuer had the key. Of a stolen key it is not, because whoever has the key writes any
date. What nobody can do is put a root into a block of the past, so such a key is judged by the
anchor: what the chain held before the theft is the issuer's, and everything else is nobody's.

The two clocks also bear each other out. A leaf covers the proof, so a credential that says that it
was signed after its anchor, or after today, says something impossible.

Source: Open Badges 3.0 section 9.1, step 2; Controlled Identifiers 1.0 section 2.2 (expires,
revoked).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from blockchain.core import anchor
from credentials.core import enveloped, members, proof
from credentials.core.disclosure import checks as disclosure
from credentials.core.report import Material, Outcome, Result, Unavailable
from issuers.core import did

# Between the clock of a signer, that of a chain and that of a reader. A block may be some minutes
# early or late where one operator orders them.
MAX_CLOCK_DIFFERENCE = timedelta(minutes=10)
# Nobody has an anchor: what is not there cannot be older than the theft. All else that leaves the
# sixth check open may still turn out well.
_NO_ANCHOR = frozenset({"no_receipt", "not_anchored_yet"})


def check(  # noqa: PLR0911 - one return for each way to be another's
    document: Mapping[str, Any], material: Material, now: datetime, *, anchored: Result
) -> Result:
    """Tell whether the key is the issuer's, and was when it signed.

    Args:
        document: The credential.
        material: The issuer's DID document, and the receipt that `anchored` is about.
        now: The instant of the verification.
        anchored: What the sixth check came to.

    Source: docs/keys.md.
    """
    if material.token:
        return enveloped.issuer(document, material, now)
    issuer = members.issuer_id(document)
    try:
        named = disclosure.proof_of(document)
    except proof.ProofError as error:
        return unproven(document, error)
    method = str(named.get("verificationMethod", ""))
    if method.partition("#")[0] != issuer:
        return Outcome.FAILED, "foreign_key", {"issuer": issuer, "method": method}
    if isinstance(material.did_document, Unavailable):
        return Outcome.INCONCLUSIVE, "issuer_unavailable", {"why": material.did_document.reason}
    created = members.instant(named.get("created"))
    if created is None:
        return Outcome.FAILED, "no_signing_date", {}
    try:
        if disclosure.is_derived(document):
            listed = disclosure.listed_key(material.did_document, method)
            # The whole badge is anchored, not this signature, which may be younger.
            anchored = disclosure.NO_RECORD
        else:
            listed = did.listed_key(material.did_document, method)
    except did.DidError as error:
        return Outcome.FAILED, "key_not_listed", {"message": str(error)}
    anchored_at = _anchored_at(material, anchored)
    problem = _wrong_date(created, listed, anchored_at, now)
    if problem is None and listed.revoked is not None and listed.revoked <= now:
        problem = _stolen(listed.revoked, anchored, anchored_at)
    if problem is not None:
        return problem
    return enveloped.known(issuer, material)


def unproven(document: Mapping[str, Any], error: proof.ProofError) -> Result:
    """Tell a document that nobody signed from one that is signed in a way that is not read here."""
    suites = members.suites(document)
    if isinstance(error, proof.ProofMissing) and suites:
        return Outcome.INCONCLUSIVE, "suite_unknown", {"suite": ", ".join(suites)}
    return Outcome.FAILED, error.reason, {"message": str(error)}


def _anchored_at(material: Material, anchored: Result) -> datetime | None:
    """Return since when the credential provably exists; None where that is not known."""
    if anchored[0] is Outcome.PASSED and isinstance(material.receipt, anchor.AnchorProof):
        return material.receipt.block_time
    return None


def _wrong_date(
    created: datetime, listed: did.ListedKey, anchored_at: datetime | None, now: datetime
) -> Result | None:
    """Return why the date of the proof cannot be that of a signature of the issuer."""
    if created - now > MAX_CLOCK_DIFFERENCE:
        message = f"signed on {_written(created)}, checked on {_written(now)}"
        return Outcome.FAILED, "signed_in_future", {"message": message}
    for member, end in (("revoked", listed.revoked), ("expires", listed.expires)):
        if end is not None and created >= end:
            message = f"signed on {_written(created)}; the key is {member} since {_written(end)}"
            return Outcome.FAILED, "key_not_valid", {"message": message}
    if anchored_at is not None and created - anchored_at > MAX_CLOCK_DIFFERENCE:
        message = f"signed on {_written(created)}, anchored on {_written(anchored_at)}"
        return Outcome.FAILED, "signed_after_anchor", {"message": message}
    return None


def _stolen(revoked: datetime, anchored: Result, anchored_at: datetime | None) -> Result | None:
    """Return why the signature of a key that was stolen later does not count; None if it does."""
    if anchored_at is not None and anchored_at < revoked:
        return None
    outcome, reason, _detail = anchored
    if outcome is Outcome.INCONCLUSIVE and reason not in _NO_ANCHOR:
        message = f"the key is revoked since {_written(revoked)}; the anchor: {reason}"
        return Outcome.INCONCLUSIVE, "anchor_needed", {"message": message}
    shown = "no anchor" if anchored_at is None else f"anchored on {_written(anchored_at)}"
    message = f"the key is revoked since {_written(revoked)}; {shown}"
    return Outcome.FAILED, "key_compromised", {"message": message}


def _written(instant: datetime) -> str:
    # In the zone that it came in: the first and the last days of the calendar have no other.
    return instant.isoformat(timespec="seconds")
