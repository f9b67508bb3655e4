"""What a learner asks of an organisation, and what became of it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail
from learners import models as learners


class Wish(models.Model):
    """One thing that a learner asks for: another name on a badge, or to be forgotten.

    Both texts lie sealed under the learner's key: whoever is erased takes them along.
    """

    kept = trail.Kept(
        shown=("kind", "state", "credential", "answered_by", "answered_at"),
        noted=("learner", "said", "answer"),
    )

    class Kind(models.TextChoices):
        NAME = "name", _("correct a name")
        ERASURE = "erasure", _("be forgotten")

    class State(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        DONE = "done", _("done")
        DECLINED = "declined", _("declined")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    learner = models.ForeignKey(learners.Learner, models.PROTECT, related_name="+")
    # On which badge the name is wrong; to be forgotten is about all of them.
    credential = models.ForeignKey(
        "credentials.Credential", models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    said = models.BinaryField()
    asked_at = models.DateTimeField()
    answer = models.BinaryField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        issuers.User, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",)))

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "learner", "kind"],
                name="one_open_wish_of_a_kind",
                condition=models.Q(state="open"),
            )
        ]
        indexes = [
            models.Index(
                fields=["issuer", "asked_at"],
                name="wishes_open",
                condition=models.Q(state="open"),
            )
        ]

    def __str__(self) -> str:
        return str(self.uuid)
