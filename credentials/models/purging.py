"""What caches in front of us must forget."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class Purge(models.Model):
    """A credential whose page and files caches in front of us must forget.

    The database writes these rows itself, in the transaction that revokes, suspends, reinstates or
    erases (see the migration): whatever changes a credential, none of it can be forgotten. There
    are two for each change, the second some seconds later: an answer that was on its way when the
    first went out may have been stored after it.
    """

    kept = trail.NotKept("it is work to be done, and the change that made it is kept")

    issuer = models.ForeignKey(issuers.Issuer, models.CASCADE, related_name="+")
    token = models.CharField(max_length=22)
    due_at = models.DateTimeField()

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("purge")
        verbose_name_plural = _("purges")
        indexes = [models.Index(fields=["due_at", "id"], name="purges_due")]

    def __str__(self) -> str:
        return f"purge of {self.issuer_id}"
