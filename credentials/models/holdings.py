"""What the holder of a badge decided about it, from the first time they saw it in their wallet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class Holding(models.Model):
    """A credential that its holder has claimed: a row from then on, and none before.

    It says nothing of who they are, nor from where they came.
    """

    kept = trail.NotKept("it is its holder's affair; the row says since when")

    class Privacy(models.TextChoices):
        UNLISTED = "unlisted", _("whoever has the link")
        PUBLISHED = "published", _("everybody")
        HIDDEN = "hidden", _("nobody")

    credential = models.OneToOneField(
        "credentials.Credential", models.CASCADE, primary_key=True, related_name="holding"
    )
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    claimed_at = models.DateTimeField(_("claimed"))
    # What the address of the badge shows, and to whom; until they decide, as without a row.
    privacy = models.CharField(
        max_length=10,
        choices=Privacy.choices,
        default=Privacy.UNLISTED,
        db_default=Privacy.UNLISTED,
    )
    shows_name = models.BooleanField(default=True, db_default=True)
    shows_evidence = models.BooleanField(default=True, db_default=True)
    shows_results = models.BooleanField(default=True, db_default=True)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        indexes = [models.Index(fields=["issuer", "claimed_at"], name="holdings_of_issuer")]

    def __str__(self) -> str:
        return str(self.credential_id)
