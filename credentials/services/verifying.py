"""Verify: gather what the checks need, then let the pure walk decide.

Our own documents are read from the database, word for word. What somebody else hands us may be
anything: it is read
strictly, its material is fetched through one bounded resolver, and it is checked in a process that
can be killed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from badges.core import baking
from blockchain import selectors as anchoring_questions
from blockchain import services as anchoring
from blockchain.core import anchor
from credentials import models, resolvers, selectors
from credentials.core import canonical, members, verification
from credentials.core.disclosure import checks as disclosure
from credentials.selectors import disclosure as parts
from credentials.services import isolation
from issuers import selectors as issuers

MAX_UPLOAD_BYTES = 10_000_000
# Of a DID or a URL; browsers and servers stop sooner.
MAX_NAME = 2_000
# A credential names one list, or two; more would only make us fetch.
MAX_STATUS_LISTS = 2
_PNG = b"\x89PNG\r\n\x1a\n"
_OUR_PATH = re.compile(r"^/credentials/([A-Za-z0-9_-]{22})(?:\.json|\.png)?/?$")


class Unverifiable(Exception):  # noqa: N818 - it says what is wrong
    """What was given is no credential that can be read; `reason` is a stable code.

    The message says what to do.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Verification:
    """A report and what it is about.

    Attributes:
        report: The seven checks.
        document: The document that was checked.
        receipt: The anchor receipt that was used; None where there is none.
        credential: Our own row where the document is, byte for byte of meaning, the one that we
            signed.
    """

    report: verification.Report
    document: Mapping[str, Any]
    receipt: anchor.AnchorProof | None
    credential: models.Credential | None


def verify_credential(
    *,
    credential: models.Credential,
    now: datetime,
    identity: tuple[tuple[str, str], ...] = (),
) -> Verification:
    """Verify a credential of this installation, as it is stored.

    Args:
        credential: The row, with issuer and learner loaded.
        now: The instant of the verification.
        identity: Pairs of identity type and value to compare; without any, the learner's name on
            the row is compared,
            so that the name a page shows is the one that was signed.

    Raises:
        selectors.NotSigned: there is nothing to verify yet.
        selectors.Erased: the learner was erased.
    """
    opened = selectors.opened(credential=credential)
    document = canonical.loads(opened.document)
    receipt = (
        anchoring_questions.proof_for(leaf=bytes(credential.leaf), salt=opened.salt)
        if credential.leaf is not None
        else None
    )
    material = _material(
        document,
        receipt=receipt,
        anchor_required=True,
        identity=identity or (("name", credential.learner.name),),
    )
    report = verification.verify(document, material, now)
    return Verification(report, document, receipt, credential)


def verify_document(
    *,
    data: bytes,
    now: datetime,
    receipt: bytes | None = None,
    identity: tuple[tuple[str, str], ...] = (),
) -> Verification:
    """Verify what somebody holds: a JSON document or a PNG image with one inside.

    Args:
        data: The bytes, at most 10 MB; the document in them at most what `canonical.loads` takes.
        now: The instant of the verification.
        receipt: The anchor receipt (JSON), where the holder has it.
        identity: Pairs of identity type and value to compare.

    Raises:
        Unverifiable: it is no credential that can be read.
    """
    document = read(data)
    given = _read_receipt(receipt) if receipt else None
    found = _own(document)
    if found is not None:
        own, opened = found
        known = given or (
            anchoring_questions.proof_for(leaf=bytes(own.leaf or b""), salt=opened.salt)
        )
        material = _material(document, receipt=known, anchor_required=True, identity=identity)
        if canonical.loads(opened.document) == document:
            report = verification.verify(document, material, now)
            return Verification(report, document, known, own)
        if disclosure.is_derived(document):
            material = replace(material, whole=canonical.loads(opened.document))
        # It bears the name of one of ours and differs: a part of it, altered, or made to do harm
        # while being checked.
        # The receipt of a whole badge is not for whoever is shown a part.
        shown = None if disclosure.is_derived(document) else known
        return Verification(_guarded(document, material, now), document, shown, None)
    material = _material(document, receipt=given, anchor_required=False, identity=identity)
    return Verification(_guarded(document, material, now), document, given, None)


def verify_address(
    *, url: str, now: datetime, identity: tuple[tuple[str, str], ...] = ()
) -> Verification:
    """Verify the credential at an address: ours are read directly, others are fetched.

    Raises:
        Unverifiable: there is no credential, or it cannot be had.
    """
    place = _our_path(url.strip())
    if place is not None:
        match = _OUR_PATH.match(place)
        credential = selectors.find_by_token(token=match[1]) if match else None
        if credential is None:
            raise Unverifiable("not_found", _("There is no credential at this address."))
        try:
            return verify_credential(credential=credential, now=now, identity=identity)
        except selectors.NotSigned as error:
            raise Unverifiable(
                "not_signed", _("This credential is being prepared. Try again in a minute.")
            ) from error
        except selectors.Erased as error:
            raise Unverifiable(
                "erased", _("This credential was erased at the request of its holder.")
            ) from error
    try:
        data = resolvers.fetch_document(url.strip())
    except resolvers.Unavailable as error:
        raise Unverifiable(
            "unreachable",
            _("This address could not be read: %(reason)s") % {"reason": error.reason},
        ) from error
    return verify_document(data=data, now=now, identity=identity)


def read(data: bytes) -> dict[str, Any]:
    """Read a document from JSON or from a baked PNG.

    Raises:
        Unverifiable: too large, not readable, or nothing inside.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise Unverifiable("too_large", _("The file is too large: at most 10 MB."))
    if not data.strip():
        raise Unverifiable("empty", _("There is nothing in it. Give a file or paste a document."))
    if data.startswith(_PNG):
        try:
            data = baking.unbake_png(data).encode()
        except baking.BakingError as error:
            raise Unverifiable("nothing_inside", str(error)) from error
    try:
        return canonical.loads(data)
    except canonical.MalformedDocument as error:
        raise Unverifiable("malformed", str(error)) from error


def _read_receipt(data: bytes) -> anchor.AnchorProof:
    try:
        return anchor.from_json(canonical.loads(data))
    except (anchor.ReceiptError, canonical.MalformedDocument) as error:
        raise Unverifiable("receipt_malformed", str(error)) from error


def _own(document: Mapping[str, Any]) -> tuple[models.Credential, selectors.Opened] | None:
    """Return our row of which the document bears the id, opened, if it is signed and readable."""
    name = document.get("id")
    if not isinstance(name, str):
        return None
    if disclosure.is_derived(document):
        credential = parts.find_whole(name=name)
    else:
        match = _OUR_PATH.match(_our_path(name) or "")
        credential = selectors.find_by_token(token=match[1]) if match else None
    if credential is None or credential.sealed is None:
        return None
    try:
        return credential, selectors.opened(credential=credential)
    except selectors.Erased:
        return None


def _our_path(address: str) -> str | None:
    """Return the path of an address on this installation; None for any other text."""
    try:
        parts = urlsplit(address)
        hostname = parts.hostname
    except ValueError:  # what no URL is: an unclosed bracket, a host that changes under NFKC
        return None
    ours = urlsplit(settings.PUBLIC_URL).netloc
    if hostname and (parts.netloc == ours or hostname in settings.ALLOWED_HOSTS):
        return parts.path
    return None


def _is_name(text: str) -> bool:
    """Say whether a text may be the name of something: the database takes no NUL, nor do URLs."""
    return len(text) <= MAX_NAME and text.isprintable()


def _guarded(
    document: Mapping[str, Any], material: verification.Material, now: datetime
) -> verification.Report:
    try:
        return isolation.verify(document=document, material=material, now=now)
    except isolation.Busy as error:
        raise Unverifiable(
            "busy", _("Too many checks are running at this moment. Try again in a minute.")
        ) from error


# -- Gathering -------------------------------------------------------------------------------------


def _material(
    document: Mapping[str, Any],
    *,
    receipt: anchor.AnchorProof | None,
    anchor_required: bool,
    identity: tuple[tuple[str, str], ...],
) -> verification.Material:
    did_document, known = _did_document(members.issuer_id(document))
    return verification.Material(
        did_document=did_document,
        issuer_known=known,
        status_lists={
            url: _status_list(url)
            for entry in members.status_entries(document)[:4]
            if isinstance(url := entry.get("statusListCredential"), str)
        },
        receipt=receipt,
        finding=_finding(receipt),
        anchor_required=anchor_required,
        confirmations=settings.ANCHOR_CONFIRMATIONS,
        identity=identity,
    )


def _did_document(name: str) -> tuple[Mapping[str, Any] | verification.Unavailable, bool]:
    if not _is_name(name):
        return verification.Unavailable("DID document", _("it is no name of an issuer")), False
    issuer = issuers.find_by_did(identifier=name)
    if issuer is not None:
        return issuers.did_document(issuer=issuer), True
    try:
        return resolvers.resolve_did(name), False
    except resolvers.Unavailable as error:
        return verification.Unavailable("DID document", error.reason), False


def _status_list(url: str) -> Mapping[str, Any] | verification.Unavailable:
    if not _is_name(url):
        return verification.Unavailable("status list", _("it is no address"))
    own = selectors.published_status_list_at(url=url)
    if own is not None:
        return canonical.loads(own)
    if _our_path(url) is not None:
        return verification.Unavailable("status list", _("it is not published yet"))
    try:
        return resolvers.fetch_status_list(url)
    except resolvers.Unavailable as error:
        return verification.Unavailable("status list", error.reason)


def _finding(
    receipt: anchor.AnchorProof | None,
) -> anchor.Finding | verification.Unavailable | None:
    if receipt is None:
        return None
    try:
        return anchoring.find(proof=receipt)
    except anchoring.Unavailable as error:
        return verification.Unavailable("chain", str(error))
