"""Credentials and transcripts as they were signed, the lists that say whether they still stand.

And what happened to them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from badges import models as badges
from credentials.models.cohorts import Cohort as Cohort
from credentials.models.editions import Edition as Edition
from credentials.models.endorsements import Endorsement as Endorsement
from credentials.models.events import CredentialEvent as CredentialEvent
from credentials.models.evidence import EvidenceFile as EvidenceFile
from credentials.models.exports import Export as Export
from credentials.models.exports import ExportPiece as ExportPiece
from credentials.models.holdings import Holding as Holding
from credentials.models.intakes import Intake as Intake
from credentials.models.links import AudienceLink as AudienceLink
from credentials.models.lists import StatusList as StatusList
from credentials.models.looks import KeptLook as KeptLook
from credentials.models.messages import Message as Message
from credentials.models.messages import Wording as Wording
from credentials.models.piles import Pile as Pile
from credentials.models.preparations import HELD_WHERE_ASKED, ONLY_RELEASED
from credentials.models.preparations import Preparation as Preparation
from credentials.models.printings import PrintedFile as PrintedFile
from credentials.models.printings import Printing as Printing
from credentials.models.purging import Purge as Purge
from credentials.models.statements import Statement as Statement
from credentials.models.tallies import Tally as Tally
from credentials.models.wishes import Wish as Wish
from issuers import models as issuers
from issuers import scope, trail
from learners import models as learners


class Credential(models.Model):
    """A credential.

    From the moment it was issued (`due`) to the signed document that never changes (`signed`).
    Where its issuer asks for a second person, it is `held` until its preparation is released.

    The signed bytes, their digest and the salt of the leaf are in `sealed`, encrypted under the
    learner's own key;
    no other column repeats what the document says about the person.
    """

    # A reference or a reason may name a person, and what is sealed its digest tells of: the leaf.
    kept = trail.Kept(
        called="achievement__name",
        shown=(
            *("achievement", "state", "valid_from", "valid_until", "signed_at"),
            *("revoked_at", "suspended_at", "reinstated_at", "corrects"),
        ),
        noted=("learner", "reference", "leaf", "refusal", "revocation_reason", "suspension_reason"),
    )

    class State(models.TextChoices):
        HELD = "held", _("waiting for approval")
        DUE = "due", _("waiting to be signed")
        SIGNED = "signed", _("signed")
        REFUSED = "refused", _("could not be signed")

    uuid = models.UUIDField(unique=True, editable=False)
    token = models.CharField(max_length=22, unique=True, editable=False)
    # Every index costs as much as the signature: none repeats the beginning of another, and none
    # holds rows that it says nothing about.
    # Nor is it checked again that there is such an issuer: the learner's row says so, and is no
    # other's. All rows of a list would lock the one row of their issuer, one after the other.
    issuer = models.ForeignKey(
        issuers.Issuer, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    # Its index is that of the lists, below.
    achievement = models.ForeignKey(
        badges.Achievement, models.PROTECT, related_name="+", db_index=False
    )
    learner = models.ForeignKey(learners.Learner, models.PROTECT, related_name="+")
    # The issuer's own name for this award: the same one twice issues nothing twice.
    reference = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued"))
    # End of the correction window: not signed before.
    sign_after = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    # What the award says besides who and what, encrypted under the learner's key, until the signed
    # document holds it.
    details = models.BinaryField(null=True, blank=True)
    # Why it could not be signed, for the issuer; it names the field and never the person.
    refusal = models.CharField(max_length=500, blank=True)
    # Where a second person is asked for: with what it waits, or waited.
    preparation = models.ForeignKey(
        Preparation, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The list that it came with; empty where it came from a program.
    intake = models.ForeignKey(
        Intake, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Whether its learner is told by e-mail, once it is signed.
    tells_learner = models.BooleanField(default=False, db_default=False)
    # What it takes the place of: that is revoked in the moment in which this is signed.
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    status_list = models.ForeignKey(
        StatusList, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    status_index = models.PositiveIntegerField(null=True, blank=True)
    # Where its achievement lets it be suspended: its bit in a list of that purpose.
    suspension_list = models.ForeignKey(
        StatusList, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    suspension_index = models.PositiveIntegerField(null=True, blank=True)
    sealed = models.BinaryField(null=True, blank=True)
    leaf = models.BinaryField(null=True, blank=True, max_length=32)

    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revocation_reason = models.CharField(_("public reason"), max_length=300, blank=True)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    suspension_reason = models.CharField(_("public reason"), max_length=300, blank=True)
    reinstated_at = models.DateTimeField(_("reinstated"), null=True, blank=True)

    objects = scope.IssuerScopedManager(
        scope.Wall(
            names=("uuid", "token"),
            unguessable=("leaf",),
            is_issuing=True,
            counted_by="issued_at",
            waits_since="issued_at",
        )
    )

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "reference"], name="one_credential_per_reference"
            ),
            models.UniqueConstraint(
                fields=["issuer", "status_list", "status_index"],
                name="one_credential_per_status_index",
                condition=models.Q(status_list__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["issuer", "suspension_list", "suspension_index"],
                name="one_credential_per_suspension_index",
                condition=models.Q(suspension_list__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["leaf"],
                name="one_credential_per_leaf",
                condition=models.Q(leaf__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["issuer", "corrects"],
                name="one_correction_per_credential",
                condition=models.Q(corrects__isnull=False),
            ),
            models.CheckConstraint(
                name="signed_credential_is_whole",
                condition=models.Q(
                    state__in=["held", "due", "refused"],
                    sealed__isnull=True,
                    leaf__isnull=True,
                    signed_at__isnull=True,
                )
                | models.Q(
                    state="signed",
                    sealed__isnull=False,
                    leaf__isnull=False,
                    signed_at__isnull=False,
                    details__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="held_credential_has_preparation",
                condition=~models.Q(state="held") | models.Q(preparation__isnull=False),
            ),
            # A list without an index speaks for nobody. Which credentials have none of both, and
            # may, is a question to their achievement: fsck asks it (I2).
            models.CheckConstraint(
                name="status_list_has_index",
                condition=models.Q(status_list__isnull=True, status_index__isnull=True)
                | models.Q(status_list__isnull=False, status_index__isnull=False),
            ),
            models.CheckConstraint(
                name="suspended_credential_has_list",
                condition=models.Q(
                    suspension_list__isnull=True,
                    suspension_index__isnull=True,
                    suspended_at__isnull=True,
                )
                | models.Q(suspension_list__isnull=False, suspension_index__isnull=False),
            ),
        ]
        indexes = [
            # What the signing worker asks for, again and again: keep it small.
            models.Index(
                fields=["sign_after", "id"], name="credentials_due", condition=models.Q(state="due")
            ),
            models.Index(
                fields=["issuer", "sign_after", "id"],
                name="credentials_due_of_issuer",
                condition=models.Q(state="due"),
            ),
            models.Index(
                fields=["preparation"],
                name="credentials_prepared",
                condition=models.Q(preparation__isnull=False),
            ),
            models.Index(
                fields=["intake", "state"],
                name="credentials_of_intake",
                condition=models.Q(intake__isnull=False),
            ),
            models.Index(fields=["issuer", "-id"], name="credentials_of_issuer"),
            # What everybody may follow (selectors.monitoring), in the order in which it was signed.
            models.Index(
                fields=["issuer", "signed_at", "id"],
                name="credentials_signed",
                condition=models.Q(state="signed"),
            ),
            # What lists look for (selectors.listing); of the second kind there are few.
            models.Index(fields=["achievement", "-id"], name="credentials_of_achievement"),
            models.Index(
                fields=["issuer", "-id"],
                name="credentials_revoked",
                condition=models.Q(revoked_at__isnull=False),
            ),
            models.Index(
                fields=["issuer", "-id"],
                name="credentials_suspended",
                condition=models.Q(suspended_at__isnull=False),
            ),
            models.Index(
                fields=["issuer", "-id"],
                name="credentials_refused",
                condition=models.Q(state__in=["refused", "held"]),
            ),
        ]
        triggers = [ONLY_RELEASED, HELD_WHERE_ASKED]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_revoked(self) -> bool:
        """Tell whether the issuer revoked it; costs no query."""
        return self.revoked_at is not None

    @property
    def is_suspended(self) -> bool:
        """Tell whether the issuer suspended it, for now; costs no query."""
        return self.suspended_at is not None


class Transcript(models.Model):
    """Several signed credentials of one learner in one signed document (CLR 2.0).

    From the moment it was asked for (`due`) to the document that never changes (`signed`). It is
    kept as a credential is: `sealed` holds the salt of its leaf, its digest and its signed bytes
    under the learner's own key.
    """

    kept = trail.Kept(
        shown=("state", "requested_by", "signed_at", "revoked_at", "revoked_by"),
        noted=("learner", "reference", "leaf", "refusal", "revocation_reason"),
    )

    class State(models.TextChoices):
        DUE = "due", _("waiting to be signed")
        SIGNED = "signed", _("signed")
        REFUSED = "refused", _("could not be signed")

    uuid = models.UUIDField(unique=True, editable=False)
    token = models.CharField(max_length=22, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    learner = models.ForeignKey(learners.Learner, models.PROTECT, related_name="+")
    # The issuer's own name for it: the same one twice asks for nothing twice.
    reference = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    requested_at = models.DateTimeField(_("requested"))
    requested_by = models.ForeignKey(
        issuers.User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    # Why it could not be signed, for the issuer; it names the badge and never the person.
    refusal = models.CharField(max_length=500, blank=True)

    status_list = models.ForeignKey(
        StatusList, models.PROTECT, null=True, blank=True, related_name="+"
    )
    status_index = models.PositiveIntegerField(null=True, blank=True)
    sealed = models.BinaryField(null=True, blank=True)
    leaf = models.BinaryField(null=True, blank=True, max_length=32)

    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        issuers.User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revocation_reason = models.CharField(_("public reason"), max_length=300, blank=True)

    objects = scope.IssuerScopedManager(
        scope.Wall(
            names=("uuid", "token"),
            unguessable=("leaf",),
            is_issuing=True,
            waits_since="requested_at",
        )
    )

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "reference"], name="one_transcript_per_reference"
            ),
            models.UniqueConstraint(
                fields=["issuer", "status_list", "status_index"],
                name="one_transcript_per_status_index",
            ),
            models.UniqueConstraint(fields=["leaf"], name="one_transcript_per_leaf"),
            models.CheckConstraint(
                name="signed_transcript_is_whole",
                condition=models.Q(
                    state__in=["due", "refused"],
                    sealed__isnull=True,
                    leaf__isnull=True,
                    signed_at__isnull=True,
                )
                | models.Q(
                    state="signed",
                    sealed__isnull=False,
                    leaf__isnull=False,
                    signed_at__isnull=False,
                    status_list__isnull=False,
                    status_index__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at", "id"],
                name="transcripts_due",
                condition=models.Q(state="due"),
            ),
            models.Index(fields=["issuer", "-id"], name="transcripts_of_issuer"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_revoked(self) -> bool:
        """Tell whether the issuer revoked it; costs no query."""
        return self.revoked_at is not None


class TranscriptPart(models.Model):
    """One credential of a transcript, at its place."""

    kept = trail.Kept(additions=False)

    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="parts")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("part of a transcript")
        verbose_name_plural = _("parts of a transcript")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "transcript", "credential"],
                name="a_credential_once_per_transcript",
            ),
            models.UniqueConstraint(
                fields=["issuer", "transcript", "position"], name="one_part_per_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transcript_id} {self.position}"
