"""What an award says besides who and what, between the issuing and the signing.

It is personal data: it waits encrypted under the learner's own key, and is gone from the row once
the signed document holds it. It is read when it comes in, so that the issuer hears at once what is
wrong, in words and with the entry and the field; and read again when the document is written.
"""

import base64
import json
import secrets
import uuid as uuids
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from badges import models as badge_rows
from badges import selectors as badges
from badges import services as catalogue
from badges.core import award, document, evidence, results, schema
from credentials import models, selectors
from issuers import models as issuers
from issuers import selectors as issuing
from issuers.core import envelope
from learners.core import identity

MAX_BYTES = 32_000
# Members of the document, by the names that they have here.
FIELDS = {
    "activityEndDate": "activity_end", "activityStartDate": "activity_start",
    "awardedDate": "awarded_at", "creditsEarned": "credits_earned",
    "licenseNumber": "license_number", "result": "results",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Details:
    """What one award says, read, with the digests of the files that it rests on."""

    said: award.Said
    resources: tuple[dict[str, str], ...] = ()


NOTHING = Details(award.NOTHING)


class Reader:
    """Reads what awards of one achievement say; what they have in common is read once."""

    def __init__(self, *, issuer: issuers.Issuer, achievement: badge_rows.Achievement) -> None:
        """Read the results that the achievement can have; no query."""
        self.issuer = issuer
        self.address = badges.address(achievement=achievement)
        self.achievement = achievement
        self._descriptions: tuple[results.ResultDescription, ...] | None = None
        self._frozen: dict[str, Any] = {}

    def read(self, values: Mapping[str, Any]) -> Details:
        """Read stored details.

        Raises:
            DocumentError: `where` names the place.
        """
        if self._descriptions is None:
            self._descriptions = badges.result_descriptions(achievement=self.achievement)
        told = {name: value for name, value in values.items() if name != "resources"}
        said = award.read(told, address=self.address, descriptions=self._descriptions)
        resources = tuple(
            evidence.related_resource(
                url=each["id"],
                digest=base64.b64decode(each["digest"]),
                media_type=each["media_type"],
            )
            for each in values.get("resources", ())
        )
        return Details(said, resources)

    def require(self, values: Mapping[str, Any], *, position: int) -> None:
        """Refuse details that no document could be written with.

        Raises:
            ValidationError: names the field, the entry and the remedy.
        """
        try:
            details = self.read(values)
            self._try(details)
        except (document.DocumentError, schema.NonConformant) as error:
            refusal = catalogue.refused(_placed(error), fields=FIELDS)
            [(field, [words])] = refusal.message_dict.items()
            raise ValidationError({field: _entry(position, words)}) from error

    def _try(self, details: Details) -> None:
        """Write a document with these details, for nobody."""
        if not self._frozen:
            self._frozen = json.loads(self.achievement.document)
        nobody = identity.identity_object(identity_type="name", value="Nobody", salt="0" * 16)
        document.open_badge_credential(
            id="urn:uuid:00000000-0000-4000-8000-000000000000",
            issuer=issuing.profile(issuer=self.issuer),
            achievement=self._frozen,
            identifiers=[nobody],
            name="?",
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
            awarded_at=details.said.awarded_at,
            subject=details.said.subject,
            evidence=details.said.evidence,
            related_resources=details.resources,
        )


def plain(
    values: Mapping[str, Any], *, files: Mapping[str, models.EvidenceFile], position: int
) -> dict[str, Any]:
    """Return details as they are stored: instants as text, files by address and digest.

    Args:
        values: As given with the award: see `badges.core.award.read`; an instant may be a datetime,
            and a piece of evidence may name a `file` (uuid of an EvidenceFile).
        files: The learner's files by uuid.
        position: Of the award, for the refusal.

    Raises:
        ValidationError: a file is not this learner's, or the whole takes more than 32 kB.
    """
    stored = {name: value for name, value in values.items() if value not in (None, "", [], ())}
    for name, value in stored.items():
        if isinstance(value, datetime) and value.utcoffset() is not None:
            stored[name] = document.timestamp(value)
    resources = []
    if isinstance(stored.get("evidence"), Sequence) and not isinstance(stored["evidence"], str):
        pieces = []
        for piece in stored["evidence"]:
            if not isinstance(piece, Mapping) or "file" not in piece:
                pieces.append(piece)
                continue
            found = files.get(str(piece["file"]))
            if found is None:
                words = _("There is no such file of this learner: attach it first.")
                raise ValidationError({"evidence": _entry(position, words)})
            url = selectors.evidence_address(token=found.token)
            pieces.append({"id": url, **{k: v for k, v in piece.items() if k != "file"}})
            resources.append(
                {
                    "id": url,
                    "digest": base64.b64encode(bytes(found.digest)).decode("ascii"),
                    "media_type": found.media_type,
                }
            )
        stored["evidence"] = pieces
    if resources:
        stored["resources"] = resources
    try:
        size = len(json.dumps(stored))
    except (TypeError, ValueError) as error:
        words = _("Give text, numbers and dates with their zone only.")
        raise ValidationError({"details": _entry(position, words)}) from error
    if size > MAX_BYTES:
        words = _("What it says takes more than 32 kB: shorten it, or attach it as a file.")
        raise ValidationError({"details": _entry(position, words)})
    return stored


def files_of(
    *, issuer: issuers.Issuer, given: Iterable[tuple[int, Mapping[str, Any]]]
) -> dict[int, dict[str, models.EvidenceFile]]:
    """Return the evidence files that awards name, by learner and uuid; at most one query.

    Args:
        issuer: Whose files they are.
        given: Learner ids, each with what is said of the award.
    """
    wanted = set()
    for _learner, values in given:
        pieces = values.get("evidence")
        for piece in pieces if isinstance(pieces, Sequence) else ():
            if isinstance(piece, Mapping) and "file" in piece:
                try:
                    wanted.add(uuids.UUID(str(piece["file"])))
                except ValueError:
                    continue
    found: dict[int, dict[str, models.EvidenceFile]] = {}
    if wanted:
        rows = models.EvidenceFile.objects.of(issuer).defer("sealed").filter(uuid__in=wanted)
        for row in rows.order_by("id"):
            found.setdefault(row.learner_id, {})[str(row.uuid)] = row
    return found


def sealed(values: Mapping[str, Any], *, data_key: bytes, uuid: uuids.UUID) -> bytes:
    """Encrypt details under the learner's data key, bound to the credential's row."""
    return envelope.encrypt(
        json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(),
        dek=data_key,
        nonce=secrets.token_bytes(12),
        associated=selectors.details_context(uuid=uuid),
    )


def _entry(position: int, words: str) -> str:
    return _("Entry %(position)d: %(problem)s") % {"position": position, "problem": words}


def _placed(
    error: document.DocumentError | schema.NonConformant,
) -> document.DocumentError | schema.NonConformant:
    """Drop the member that all of a subject's fields stand in: nobody filled it in."""
    if isinstance(error, schema.NonConformant):
        return schema.NonConformant(
            tuple(
                schema.Problem(
                    problem.pointer.removeprefix("/credentialSubject"),
                    problem.message,
                    problem.code,
                )
                for problem in error.problems
            )
        )
    return error
