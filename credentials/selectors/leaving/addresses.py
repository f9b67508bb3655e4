"""Every public address of an organisation: what its static mirror has, one path after the other.

Which addresses there are is the program's own table; of each it is said here whether a copy of it
can be kept, or why not. A test walks the table and asks for a decision where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from badges import models as badges
from credentials import models
from issuers import selectors as parties
from learners import models as learners

if TYPE_CHECKING:
    from collections.abc import Iterator

    from issuers import models as issuers

HTML = "text/html"
JSON = "application/json"
# What a path may answer with, by what is asked for: a page in each language, a document, or both.
FILE, PAGE, BOTH = ("*/*",), (HTML,), (HTML, JSON)

CREDENTIAL_FILES = {
    "credential-document": FILE,
    "credential-refresh": FILE,
    "credential-image": FILE,
    "credential-drawing": FILE,
    "credential-receipt": FILE,
    "credential-receipts": FILE,
    "credential-blockcerts": FILE,
    "credential-elm": FILE,
}
# Drawn when they are asked for, in a tenth of a second or more each.
DRAWN_FILES = {
    "credential-certificate": FILE,
    "credential-card": FILE,
    "credential-code-svg": FILE,
    "credential-code-png": FILE,
}
# What they show, besides what was signed: whether it stands, and what its holder shows.
DRAWN_BY = (
    "revoked_at", "suspended_at", "learner__name", "holding__privacy", "holding__shows_name",
    "holding__shows_evidence", "holding__shows_results",
)  # fmt: skip
# What is in the reader's language besides pages.
SPOKEN_FILES = frozenset({"credential-certificate", "credential-card"})
# What evidence is: its address does not say it (the kinds that `attach` keeps).
SUFFIXES = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "text/plain": "txt",
}
ASSERTION_FILES = {
    "ob2-assertion": (JSON,),
    "ob2-document": FILE,
    "ob2-image": FILE,
    "ob2-drawing": FILE,
}
EDITION_FILES = {
    models.Edition.Kind.JWT: "credential-jwt",
    models.Edition.Kind.JWT_ES256: "credential-jwt-es256",
    models.Edition.Kind.ASSERTION: "ob2-signed",
}
ISSUER_FILES = {
    "issuer": BOTH,
    "issuer-did": FILE,
    "issuer-logo": FILE,
    "issuer-colour": FILE,
    "ob2-issuer": FILE,
    "ob2-revocation-list": FILE,
    "issuer-revoked": FILE,
    "blockcerts-profile": FILE,
    "blockcerts-revoked": FILE,
    "key-histories": FILE,
    "trail-heads": FILE,
}
STATEMENTS = {
    models.Statement.Kind.KEY_HISTORY: "key-history",
    models.Statement.Kind.TRAIL_HEAD: "trail-head",
}
ACHIEVEMENT_FILES = {"achievement": BOTH, "achievement-image": FILE, "achievement-drawing": FILE}
MIRRORED = frozenset({
    *CREDENTIAL_FILES, *DRAWN_FILES, *ASSERTION_FILES, *EDITION_FILES.values(), *ISSUER_FILES,
    *ACHIEVEMENT_FILES, "credential", "ob2-badge", "ob2-key", "issuer-key",
    *STATEMENTS.values(), "transcript", "transcript-document", "transcript-receipt",
    "endorsement", "evidence",
    "status-list", "list-versions", "list-version",
})  # fmt: skip
NOT_MIRRORED = {
    "shown": "a link that its holder made: it ends, and is taken back, here",
    "collection": "its holder's, over all organisations; they take theirs along themselves",
    "home": "the installation's own",
    "accessibility": "as before",
    "verify": "it works on what is handed to it",
    "monitor": "of all organisations of the installation",
    "monitor-atom": "as before",
    "monitor-json": "as before",
    "issuer-issued-atom": "it grows with what is issued; a copy that nobody keeps current misleads",
    "issuer-issued-json": "as before",
    "verify-several": "it works on what is handed to it",
    "verify-pile": "as before",
    "verify-pile-table": "as before",
    "verify-pile-receipt": "as before",
    "verify-keys": "the installation's own; whoever has a receipt keeps them with it",
    "api-verify": "as before",
    "network": "the installation's own",
    "network-batch": "the installation's own; the ledger itself has it, and the manifests",
    "credential-embed": "it says how things stand at that moment; a copy misleads whoever sees it",
    "oembed": "it answers about addresses of this installation",
    "credential-share": "a form: its learner chooses what is shown",
    "credential-part": "derived from what was chosen",
    "credential-check": "a script asks others there; a copy that nobody keeps current misleads",
    "credential-dossier": "made of the moment in which it is asked for; whoever wants one keeps it",
    "verifier": "the installation's own, and in every dossier",
    "counted": "numbers of this installation; whoever copies its pages counts nothing",
    "credential-report": "it is of the moment in which it is asked",
    "transcript-report": "as before",
    "invitation": "for members",
    "mail-events": "for the provider of mail",
    "mailbox": "of a trial on one's own machine",
    "mailbox-letter": "as before",
    "mailbox-html": "as before",
    "founding": "for members to be",
    "founding-ask": "for members to be",
    "set_language": "a form",
    "hosts/live": "the installation's own",
    "favicon.ico": "leads to a file that is mirrored",
    "healthz": "the installation's own",
    "readyz": "the installation's own",
}


@dataclass(frozen=True, slots=True)
class Address:
    """A path, and what is asked of it.

    Attributes:
        name: of the address, in the program's table.
        path: as in "/credentials/…".
        kinds: for each, one copy is kept: of a page one in each language.
        suffix: what a file is that has no ending of its own.
        facts: by what it was drawn, in short; empty of what takes no time.
    """

    name: str
    path: str
    kinds: tuple[str, ...]
    suffix: str = "json"
    facts: str = ""

    @property
    def is_spoken(self) -> bool:
        """Say whether it is in the reader's language; of pages one knows."""
        return self.name in SPOKEN_FILES


def addresses(*, issuer: issuers.Issuer) -> Iterator[Address]:
    """Return every public address of an organisation, of which only pieces are ever in memory.

    An address that leads to nothing yet may be among them: whoever asks sees that it does.
    Learners who were erased have none.
    """
    yield from _of_issuer(issuer)
    yield from _of_badges(issuer)
    yield from _of_lists(issuer)
    yield from _of_credentials(issuer)
    yield from _of_editions(issuer)
    yield from _of_transcripts(issuer)
    for row in models.Endorsement.objects.of(issuer).filter(state="signed").order_by("pk"):
        yield _address("endorsement", token=row.token)
    evidence = _readable(models.EvidenceFile.objects.of(issuer), issuer, "learner_id")
    for token, kind in evidence.order_by("pk").values_list("token", "media_type").iterator():
        yield replace(_address("evidence", token=token), suffix=SUFFIXES.get(kind, "bin"))


def _of_issuer(issuer: issuers.Issuer) -> Iterator[Address]:
    for name, kinds in ISSUER_FILES.items():
        yield _address(name, kinds, slug=issuer.slug)
    for key in parties.key_history(issuer=issuer):
        yield _address("issuer-key", slug=issuer.slug, kid=key.kid)
        yield _address("ob2-key", slug=issuer.slug, kid=key.kid)
    for kind, name in STATEMENTS.items():
        rows = models.Statement.objects.of(issuer).filter(kind=kind).order_by("sequence")
        for sequence in rows.values_list("sequence", flat=True).iterator():
            yield _address(name, slug=issuer.slug, version=str(sequence))
        yield _address(name, slug=issuer.slug, version="latest")


def _of_badges(issuer: issuers.Issuer) -> Iterator[Address]:
    rows = badges.Achievement.objects.of(issuer).exclude(state="draft")
    for uuid in rows.order_by("pk").values_list("uuid", flat=True).iterator():
        for name, kinds in ACHIEVEMENT_FILES.items():
            yield _address(name, kinds, uuid=uuid)
        yield _address("ob2-badge", slug=issuer.slug, uuid=uuid)


def _of_lists(issuer: issuers.Issuer) -> Iterator[Address]:
    rows = models.StatusList.objects.of(issuer).filter(published__isnull=False)
    for pk, uuid in list(rows.order_by("pk").values_list("pk", "uuid")):
        yield _address("status-list", uuid=uuid)
        yield _address("list-versions", uuid=uuid)
        versions = models.Statement.objects.of(issuer).filter(status_list=pk)
        for sequence in versions.order_by("sequence").values_list("sequence", flat=True).iterator():
            yield _address("list-version", uuid=uuid, version=str(sequence))
        yield _address("list-version", uuid=uuid, version="latest")


def _of_credentials(issuer: issuers.Issuer) -> Iterator[Address]:
    rows = _readable(models.Credential.objects.of(issuer), issuer, "learner_id")
    signed = rows.filter(state="signed").order_by("pk")
    for token, *facts in signed.values_list("token", *DRAWN_BY).iterator():
        yield _address("credential", BOTH, token=token)
        for name, kinds in CREDENTIAL_FILES.items():
            yield _address(name, kinds, token=token)
        drawn_by = sha256(repr(facts).encode()).hexdigest()[:32]
        for name, kinds in DRAWN_FILES.items():
            yield replace(_address(name, kinds, token=token), facts=drawn_by)
        for name, kinds in ASSERTION_FILES.items():
            yield _address(name, kinds, slug=issuer.slug, token=token)


def _of_editions(issuer: issuers.Issuer) -> Iterator[Address]:
    """Only those that were made: to ask for another would have one made."""
    rows = models.Edition.objects.of(issuer).filter(state="signed", kind__in=EDITION_FILES)
    rows = _readable(rows, issuer, "credential__learner_id").order_by("pk")
    for kind, token in rows.values_list("kind", "credential__token").iterator():
        name = EDITION_FILES[models.Edition.Kind(kind)]
        if name == "ob2-signed":
            yield _address(name, slug=issuer.slug, token=token)
        else:
            yield _address(name, token=token)


def _of_transcripts(issuer: issuers.Issuer) -> Iterator[Address]:
    rows = _readable(models.Transcript.objects.of(issuer), issuer, "learner_id")
    signed = rows.filter(state="signed").order_by("pk")
    for token in signed.values_list("token", flat=True).iterator():
        yield _address("transcript", BOTH, token=token)
        yield _address("transcript-document", token=token)
        yield _address("transcript-receipt", token=token)


def _readable(rows: Any, issuer: issuers.Issuer, learner: str) -> Any:
    """Leave out what was about somebody who was erased."""
    kept = learners.LearnerKey.objects.of(issuer).filter(learner_id=OuterRef(learner))
    return rows.filter(Exists(kept))


def _address(name: str, kinds: tuple[str, ...] = FILE, **parts: Any) -> Address:
    return Address(name, reverse(name, kwargs=parts), kinds)
