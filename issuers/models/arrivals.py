"""Where organisations came from that were somewhere else before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import scope


class Arrival(models.Model):
    """An archive that an organisation came with: from where, of when; never changed."""

    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    # The name of the archive, drawn when it was made: what came once does not come twice.
    archive = models.UUIDField(unique=True)
    came_from = models.CharField(_("from"), max_length=500)
    made_at = models.DateTimeField(_("archive made"))
    arrived_at = models.DateTimeField(_("arrived"))
    with_keys = models.BooleanField(_("with its signing keys"), default=False)

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("archive",)))

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")

    def __str__(self) -> str:
        return str(self.archive)
