"""Lists of learners on their way to awards: what was handed over, and how far it got."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from badges import models as badges
from credentials.models.cohorts import Cohort
from credentials.models.preparations import Preparation
from issuers import models as issuers
from issuers import scope, trail


class Intake(models.Model):
    """A list, or one learner from a form, from the moment it was handed over to its last award.

    `draft` while a person says what its columns mean and looks at what would come of it, which
    writes nothing else; `recording` from the moment they confirmed: a worker records its awards,
    chunk after chunk, from `position` on. The row is the queue. `recorded` when all are there;
    signing them is the business of those rows.

    The people on it are in the sealed columns alone, under a key that is not in the database, and
    go as soon as nobody needs them any more.
    """

    kept = trail.Kept(
        shown=(
            "achievement", "cohort", "state", "size", "created_by", "confirmed_by", "confirmed_at",
            "sign_after", "tells_learners", "preparation", "paused_at", "recorded_at",
            "cancelled_at",
        ),
        left_out=(
            "file", "table", "checked", "fingerprint", "choices", "counts", "position", "already",
        ),
    )  # fmt: skip

    class State(models.TextChoices):
        DRAFT = "draft", _("not confirmed")
        RECORDING = "recording", _("under way")
        STOPPED = "stopped", _("stopped")
        RECORDED = "recorded", _("recorded")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    achievement = models.ForeignKey(badges.Achievement, models.PROTECT, related_name="+")
    # The session that its learners were taught in, where somebody says so.
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    # How the file was called; empty for one learner from a form.
    name = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(issuers.User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    # The file as it came; the table that it was read as; its rows as they were understood, good
    # and bad. Each sealed, and each kept only as long as it is needed.
    file = models.BinaryField(null=True, blank=True)
    table = models.BinaryField(null=True, blank=True)
    checked = models.BinaryField(null=True, blank=True)

    # Of the headings, so that the same ones are understood the same way again.
    fingerprint = models.CharField(max_length=64, blank=True)
    # What columns mean, and what counts for rows that say nothing: see services.intakes.Choice.
    choices = models.JSONField(default=dict, blank=True)
    # What came of looking at it: how many rows of which kind.
    counts = models.JSONField(default=dict, blank=True)

    confirmed_by = models.ForeignKey(
        issuers.User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    sign_after = models.DateTimeField(null=True, blank=True)
    # Whether the learners are told by e-mail, once their badges are signed.
    tells_learners = models.BooleanField(_("learners are told by e-mail"), default=False)
    size = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    preparation = models.ForeignKey(
        Preparation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    paused_at = models.DateTimeField(null=True, blank=True)
    # Why it stopped, for the issuer.
    problem = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",)))

    class Meta:
        verbose_name = _("list of learners")
        verbose_name_plural = _("lists of learners")
        indexes = [
            models.Index(fields=["issuer", "-id"], name="intakes_of_issuer"),
            models.Index(
                fields=["cohort"],
                name="intakes_of_cohort",
                condition=models.Q(cohort__isnull=False),
            ),
            models.Index(
                fields=["id"], name="intakes_to_record", condition=models.Q(state="recording")
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
