"""The files that awards rest on."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail
from learners import models as learners


class EvidenceFile(models.Model):
    """A file that an award rests on, encrypted under the learner's own key.

    Its digest is in the signed document; its address is as unguessable as that of a credential.
    """

    kept = trail.Kept(left_out=("sealed",))

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(max_length=22, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    learner = models.ForeignKey(learners.Learner, models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    # SHA-384; of what is encrypted, so it tells nothing to who does not have the file.
    digest = models.BinaryField(max_length=48)
    sealed = models.BinaryField()
    attached_at = models.DateTimeField()

    objects = scope.IssuerScopedManager(scope.Wall(names=("uuid", "token")))

    class Meta:
        verbose_name = _("evidence file")
        verbose_name_plural = _("evidence files")

    def __str__(self) -> str:
        return str(self.uuid)
