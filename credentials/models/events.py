"""What happened to credentials, who did it, and what they said of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class CredentialEvent(models.Model):
    """What happened to a credential, in order; nothing is ever changed here."""

    kept = trail.Kept(additions=False)  # it is a journal by itself

    class Kind(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        ISSUED = "issued", _("issued")
        SIGNED = "signed", _("signed")
        REFUSED = "refused", _("could not be signed")
        REVOKED = "revoked", _("revoked")
        SUSPENDED = "suspended", _("suspended")
        REINSTATED = "reinstated", _("reinstated")
        CORRECTED = "corrected", _("corrected")

    # The credential's row is this issuer's, or the database refuses it.
    issuer = models.ForeignKey(
        issuers.Issuer, models.PROTECT, related_name="+", db_constraint=False
    )
    credential = models.ForeignKey(
        "credentials.Credential", models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    happened_at = models.DateTimeField()
    actor = models.ForeignKey(issuers.User, models.PROTECT, null=True, blank=True, related_name="+")
    # In words that the public may read; what is public today is on the credential.
    reason = models.CharField(max_length=300, blank=True)
    # For the issuer's own eyes.
    note = models.CharField(max_length=300, blank=True)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["credential", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.credential_id}"
