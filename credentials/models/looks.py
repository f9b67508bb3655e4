"""What people of an organisation look for again and again among what it issued."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class KeptLook(models.Model):
    """A name, and the filters of the list of issued badges that it stands for.

    Everybody who works for the organisation sees it. What is looked for may be a person's name.
    """

    kept = trail.Kept(shown=("kept_by", "kept_at"), noted=("name", "query"))

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=60)
    # As it stands in the address of the page, behind the question mark.
    query = models.CharField(_("what it looks for"), max_length=600)
    kept_by = models.ForeignKey(issuers.User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",)))

    class Meta:
        verbose_name = _("kept view")
        verbose_name_plural = _("kept views")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "name"], name="one_kept_look_per_name")
        ]

    def __str__(self) -> str:
        return str(self.uuid)
