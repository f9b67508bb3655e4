"""Verify: gather what the checks need, then let the pure walk decide.

Our own documents are read from the database, word for word. What somebody else hands us may be
anything: it is read strictly, its material is fetched through one bounded resolver, and it is
checked in a process that can be killed.
"""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from badges.core.transcripts import is_transcript
from blockchain import selectors as anchoring_questions
from blockchain.core import anchor
from credentials import models, resolvers, selectors
from credentials.core import (
    assertions,
    canonical,
    given,
    members,
    verification,
    verification2,
)
from credentials.core.disclosure import checks as disclosure
from credentials.core.given import Address, Given
from credentials.core.verification import Outcome
from credentials.selectors import corrections, hosted, naming, transcripts
from credentials.selectors.holding import privacy
from credentials.selectors.serving import Shared
from credentials.services import (
    gathering,
    gathering2,
    ours,
    recognising,
    verifying_transcripts,
)
from credentials.services.gathering import Identity
from credentials.services.verified import Unverifiable, Verification, guarded, take_apart
from issuers import selectors as issuers
from issuers.core import did


def verify_credential(
    *,
    credential: models.Credential,
    now: datetime,
    identity: Identity = (),
    shared: Shared | None = None,
    shown: privacy.Shown = privacy.EVERYTHING,
) -> Verification:
    """Verify a credential of this installation, as it is stored.

    No chain is asked about a batch that is final: what workers read from it then is on record.

    Args:
        credential: The row, with issuer and learner loaded.
        now: The instant of the verification.
        identity: Pairs of identity type and value to compare; without any, a name of the learner is
            compared, so that the name a page shows is the one that was signed.
        shared: What is known of its issuer from the page of another one; what is found is added.
        shown: What is to be told of it: all of it is verified, and the rest is left out of the
            document that is returned.

    Raises:
        selectors.NotSigned: there is nothing to verify yet.
        selectors.Erased: the learner was erased.
    """
    opened = selectors.opened(credential=credential)
    recognised = recognising.recognise(opened.document)
    document = recognised.document if recognised else canonical.loads(opened.document)
    learner = ""
    if shown.name:
        learner = naming.signed_name(learner=credential.learner, document=document)
    proofs = anchoring_questions.proofs_for(bytes(credential.leaf or b""), opened.salt)
    held = Given("3.0", document, "JSON")
    budget = resolvers.Budget()
    if shared is not None:
        # The row is there: it need not be looked for by its name.
        budget.answers |= shared.answers or {
            shared.issuer.did: (did.Steady(issuers.did_document(issuer=shared.issuer)), True)
        }
    material = gathering.material(
        held,
        budget=budget,
        receipt=proofs[0] if proofs else None,
        spare=proofs[1:],
        anchor_required=True,
        identity=identity or ((("name", learner),) if learner else ()),
        recognised=recognised,
        from_record=True,
    )
    if shared is not None:
        # Of the issuer alone: what else is found out there may be another's tomorrow.
        own = {shared.issuer.did, *map(gathering.place_of_list, members.status_entries(document))}
        shared.answers = {name: found for name, found in budget.answers.items() if name in own}
    report = verification.verify(document, material, now)
    used = gathering.used(material)
    others = tuple(each for each in proofs if each != used)
    correction = corrections.newest_correction(credential=credential)
    told = shown.of(document)
    return Verification(
        report, told, used, credential, replace(held, document=told), others=others,
        learner=learner, is_part=not shown.is_whole,
        correction=correction.address if correction else "",
    )  # fmt: skip


def verify_document(
    *,
    data: bytes,
    now: datetime,
    receipt: bytes | None = None,
    identity: Identity = (),
) -> Verification:
    """Verify what somebody holds: a document, a token, or an image or a PDF with one inside.

    Args:
        data: The bytes, at most 10 MB; the document in them at most what `canonical.loads` takes.
            An address alone is followed.
        now: The instant of the verification.
        receipt: The anchor receipt (JSON), where the holder has it.
        identity: Pairs of identity type and value to compare.

    Raises:
        Unverifiable: it is no credential that can be read.
    """
    found = take_apart(data=data)
    budget = resolvers.Budget()
    if isinstance(found, Address):
        return _verify_address(found.url, budget, now, identity)
    known = _read_receipt(receipt) if receipt else None
    return _verify_given(found, budget, now, known, identity)


def verify_address(*, url: str, now: datetime, identity: Identity = ()) -> Verification:
    """Verify the credential at an address: ours are read directly, others are fetched.

    Raises:
        Unverifiable: there is no credential, or it cannot be had.
    """
    return _verify_address(url.strip(), resolvers.Budget(), now, identity)


def _verify_address(
    url: str, budget: resolvers.Budget, now: datetime, identity: Identity
) -> Verification:
    place = gathering.our_path(url)
    if place is not None:
        own = _hosted_here(place)
        if own is not None:
            return _verify_given(own, budget, now, None, identity)
        return _verify_ours_at(place, now, identity)
    try:
        data = resolvers.fetch_badge(url, budget=budget)
    except resolvers.Unavailable as error:
        raise _unreachable(error) from error
    found = take_apart(data=data)
    if isinstance(found, Address):
        raise Unverifiable("unreachable", _("There is only another address at this address."))
    return _verify_given(found, budget, now, None, identity)


def _hosted_here(place: str) -> Given | None:
    """Return the Open Badges 2.0 Assertion at a path of ours; None where there is no such thing."""
    try:
        document = hosted.document_at(path=place)
    except (selectors.NotSigned, selectors.Erased):
        return None
    token = hosted.token_at(path=place)
    credential = selectors.find_by_token(token=token) if token else None
    if credential is not None:
        _require_shown(privacy.shown_of(credential=credential))
    if document is None or document.get("type") != "Assertion":
        return None
    return Given("2.0", document, "JSON")


def _require_shown(shown: privacy.Shown) -> None:
    """Refuse to tell at an address what its holder keeps back there; a file is verified anyway."""
    if shown.is_hidden:
        raise Unverifiable("hidden", _("The holder of this badge keeps it private."))
    if not shown.is_whole:
        raise Unverifiable("kept_back", _("The holder of this badge shows only a part of it."))


def _verify_ours_at(place: str, now: datetime, identity: Identity) -> Verification:
    badge, whole = gathering.OUR_CREDENTIAL.match(place), gathering.OUR_TRANSCRIPT.match(place)
    credential = selectors.find_by_token(token=badge[1]) if badge else None
    transcript = transcripts.find_by_token(token=whole[1]) if whole else None
    try:
        if transcript is not None:
            shown = privacy.shown_of_transcript(transcript=transcript)
            _require_shown(shown)
            return verifying_transcripts.verify_transcript(
                transcript=transcript, now=now, identity=identity, shown=shown
            )
        if credential is not None:
            shown = privacy.shown_of(credential=credential)
            if shown.is_hidden:
                _require_shown(shown)
            return verify_credential(credential=credential, now=now, identity=identity, shown=shown)
        raise Unverifiable("not_found", _("There is no credential at this address."))
    except selectors.NotSigned as error:
        raise Unverifiable(
            "not_signed", _("This credential is being prepared. Try again in a minute.")
        ) from error
    except selectors.Erased as error:
        raise Unverifiable(
            "erased", _("This credential was erased at the request of its holder.")
        ) from error


def _verify_given(
    held: Given,
    budget: resolvers.Budget,
    now: datetime,
    receipt: anchor.AnchorProof | None,
    identity: Identity,
) -> Verification:
    if held.edition == "2.0":
        assertion = gathering2.material(held, budget=budget, identity=identity)
        report = verification2.verify(held.document, assertion, now)
        shown = assertions.as_credential(held.document, assertion)
        return Verification(report, shown, None, None, held)
    if is_transcript(held.document):
        return verifying_transcripts.verify_given(held, budget, now, receipt, identity)
    found = ours.credential(held.document)
    if found is None:
        material = gathering.material(
            held,
            budget=budget,
            receipt=receipt,
            anchor_required=False,
            identity=identity,
        )
        first = Verification(guarded(held, material, now), held.document, receipt, None, held)
        return _newer(first, budget, now, identity) or first
    own, opened = found
    # What is on record is the document with its proof; a token of it is another document.
    if receipt is not None:
        proofs = [receipt]
    else:
        leaf = b"" if held.token else bytes(own.leaf or b"")
        proofs = anchoring_questions.proofs_for(leaf, opened.salt)
    material = gathering.material(
        held,
        budget=budget,
        receipt=proofs[0] if proofs else None,
        spare=proofs[1:],
        anchor_required=not held.token,
        identity=identity,
        recognised=None if held.token else recognising.recognise_held(held.document, opened),
    )
    known = gathering.used(material)
    if canonical.loads(opened.document) == held.document:
        report = verification.verify(held.document, material, now)
        correction = corrections.newest_correction(credential=own)
        return Verification(
            report, held.document, known, own, held,
            correction=correction.address if correction else "",
        )  # fmt: skip
    if disclosure.is_derived(held.document):
        material = replace(material, whole=canonical.loads(opened.document))
    # It bears the name of one of ours and differs: a part of it, another form, altered, or made to
    # do harm while being checked.
    # The receipt of a whole badge is not for whoever is shown a part.
    handed_on = None if disclosure.is_derived(held.document) else known
    return Verification(guarded(held, material, now), held.document, handed_on, None, held)


def _newer(
    first: Verification, budget: resolvers.Budget, now: datetime, identity: Identity
) -> Verification | None:
    """Follow the refresh service of a credential, once; None where nothing better is found.

    Only after its proof held: else anybody could send us anywhere. What is found must be the same
    credential of the same issuer, later, and as well signed; if not, the first one stands.

    Source: Open Badges 3.0 section 9.1 step 3, and 1EdTechCredentialRefresh.
    """
    address = members.refresh_address(first.document)
    if not address or not _holds(first.report):
        return None
    try:
        found = given.detect(resolvers.fetch_badge(address, budget=budget))
    except (resolvers.Unavailable, given.Unreadable):
        return None
    if not isinstance(found, Given) or not members.supersedes(found.document, first.document):
        return None
    material = gathering.material(
        found, budget=budget, receipt=None, anchor_required=False, identity=identity
    )
    report = guarded(found, material, now)
    if not _holds(report):
        return None
    return replace(first, report=report, document=found.document, given=found, is_newer=True)


def _holds(report: verification.Report) -> bool:
    """Say whether a credential is signed, and by a key of the issuer that it names."""
    checks = {check.name: check for check in report.checks}
    issuer = checks["issuer"]
    return checks["signed"].outcome is Outcome.PASSED and (
        issuer.outcome is Outcome.PASSED
        or issuer.reason in {"issuer_unknown", "issuer_by_origin", "self_asserted"}
    )


def _unreachable(error: resolvers.Unavailable) -> Unverifiable:
    return Unverifiable(
        "unreachable",
        _("This address could not be read: %(reason)s") % {"reason": error.reason},
    )


def _read_receipt(data: bytes) -> anchor.AnchorProof:
    try:
        return anchor.from_json(canonical.loads(data))
    except (anchor.ReceiptError, canonical.MalformedDocument) as error:
        raise Unverifiable("receipt_malformed", str(error)) from error
