"""Verify transcripts: the document as a badge is verified, and each badge within by itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from blockchain import selectors as anchoring_questions
from blockchain.core import anchor
from credentials import models, resolvers, selectors
from credentials.core import canonical, counting, verification
from credentials.core.given import Given
from credentials.selectors import naming, transcripts
from credentials.selectors.holding import privacy
from credentials.services import gathering, ours, recognising
from credentials.services.gathering import Identity
from credentials.services.verified import Verification, guarded, guarded_all


def verify_transcript(
    *,
    transcript: models.Transcript,
    now: datetime,
    identity: Identity = (),
    shown: privacy.Shown = privacy.EVERYTHING,
) -> Verification:
    """Verify a transcript of this installation and each badge within, as they are stored.

    Args:
        transcript: The row, with issuer and learner loaded.
        now: The instant of the verification.
        identity: As for `verify_credential`.
        shown: Likewise; of a transcript that is not hidden, it is about the name alone.

    Raises:
        selectors.NotSigned: there is nothing to verify yet.
        selectors.Erased: the learner was erased.
    """
    opened = transcripts.opened(transcript=transcript)
    held = Given("3.0", canonical.loads(opened.document), "JSON")
    learner = ""
    if shown.name:
        learner = naming.signed_name(learner=transcript.learner, document=held.document)
    named = identity or ((("name", learner),) if learner else ())
    found = _verify_our_transcript(held, transcript, opened, None, resolvers.Budget(), now, named)
    return replace(found, learner=learner)


def verify_given(
    held: Given,
    budget: resolvers.Budget,
    now: datetime,
    receipt: anchor.AnchorProof | None,
    identity: Identity,
) -> Verification:
    own = ours.transcript(held.document)
    if own is not None and canonical.loads(own[1].document) == held.document:
        return _verify_our_transcript(held, *own, receipt, budget, now, identity)
    material = gathering.material(
        held, budget=budget, receipt=receipt, anchor_required=own is not None, identity=identity
    )
    report = guarded(held, material, now)
    parts = _parts(held.document, budget, now)
    return Verification(report, held.document, receipt, None, held, parts=parts)


def _verify_our_transcript(  # noqa: PLR0917 - what was gathered on two ways
    held: Given,
    transcript: models.Transcript,
    opened: selectors.Opened,
    receipt: anchor.AnchorProof | None,
    budget: resolvers.Budget,
    now: datetime,
    identity: Identity,
) -> Verification:
    known = receipt or anchoring_questions.proof_for(
        leaf=bytes(transcript.leaf or b""), salt=opened.salt
    )
    material = gathering.material(
        held,
        budget=budget,
        receipt=known,
        anchor_required=True,
        identity=identity,
        from_record=receipt is None,
    )
    report = verification.verify(held.document, material, now)
    parts = _parts(held.document, budget, now, identity)
    return Verification(
        report, held.document, known, None, held, parts=parts, transcript=transcript
    )


def _parts(
    document: Mapping[str, Any],
    budget: resolvers.Budget,
    now: datetime,
    identity: Identity = (),
) -> tuple[Verification, ...]:
    """Verify each badge within a transcript: ours here, all others in one process that can die."""
    found: dict[int, Verification] = {}
    strangers: dict[int, tuple[Given, verification.Material]] = {}
    for place, each in enumerate(counting.badges(document)):
        held = Given("3.0", each, "JSON")
        own = ours.credential(each)
        if own is not None and canonical.loads(own[1].document) == each:
            found[place] = _our_part(held, *own, budget, now, identity)
        else:
            material = gathering.material(
                held, budget=budget, receipt=None, anchor_required=False, identity=identity
            )
            strangers[place] = held, material
    reports = guarded_all(list(strangers.values()), now) if strangers else ()
    for (place, (held, _material)), report in zip(strangers.items(), reports, strict=True):
        found[place] = Verification(report, held.document, None, None, held)
    return tuple(found[place] for place in sorted(found))


def _our_part(  # noqa: PLR0917 - as above
    held: Given,
    credential: models.Credential,
    opened: selectors.Opened,
    budget: resolvers.Budget,
    now: datetime,
    identity: Identity,
) -> Verification:
    receipt = anchoring_questions.proof_for(leaf=bytes(credential.leaf or b""), salt=opened.salt)
    material = gathering.material(
        held,
        budget=budget,
        receipt=receipt,
        anchor_required=True,
        identity=identity,
        recognised=recognising.recognise_held(held.document, opened),
        from_record=True,
    )
    report = verification.verify(held.document, material, now)
    return Verification(report, held.document, receipt, credential, held)
