"""Links that a holder made, each for one audience: with an end, and to be taken back."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class AudienceLink(models.Model):
    """A link to a badge that its holder made for somebody.

    What makes it a secret stands after the `#`, which no browser sends; it is kept nowhere. `key`
    is its SHA-256, and for whom it is lies sealed under the learner's key.
    """

    kept = trail.NotKept("it is its holder's affair")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    credential = models.ForeignKey("credentials.Credential", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    label = models.BinaryField()
    shows_name = models.BooleanField(default=True, db_default=True)
    shows_evidence = models.BooleanField(default=True, db_default=True)
    shows_results = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    # How often it was opened, and when last: by whom is not asked.
    views = models.PositiveIntegerField(default=0, db_default=0)
    viewed_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(names=("key",), unguessable=("uuid",)))

    class Meta:
        verbose_name = _("link for an audience")
        verbose_name_plural = _("links for audiences")

    def __str__(self) -> str:
        return str(self.uuid)
