"""Where organisations came from that were somewhere else before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import scope, trail


class Arrival(models.Model):
    """An archive that an organisation came with: from where, of when; never changed."""

    kept = trail.Kept(called="came_from")

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


class EarlierTrail(models.Model):
    """The audit trail of before an arrival: as the other installation wrote it, and never changed.

    It is no part of the trail here, which begins with the arrival: nobody here saw what it tells.
    Its seals belong together, and their digests are on the chain.
    """

    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="+", db_index=False)
    entries = models.PositiveIntegerField(_("entries"))
    seals = models.PositiveIntegerField(_("seals"))
    # Of the last seal; empty where nothing was sealed yet.
    digest = models.BinaryField(max_length=32)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("earlier audit trail")
        verbose_name_plural = _("earlier audit trails")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "arrival"], name="one_earlier_trail_per_arrival"
            )
        ]

    def __str__(self) -> str:
        return str(self.arrival_id)


class EarlierTrailPiece(models.Model):
    """Lines of such a trail, word for word: a gzip stream of its own, of at most `PLAIN` bytes."""

    kept = trail.NotKept("it is a trail by itself, and never changes")

    PLAIN = 4 * 1024 * 1024

    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    earlier = models.ForeignKey(EarlierTrail, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("piece of an earlier audit trail")
        verbose_name_plural = _("pieces of earlier audit trails")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "earlier", "number"], name="one_earlier_piece_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.earlier_id} {self.number}"
