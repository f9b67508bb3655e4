"""Other forms of what was issued, which have a signature of their own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class Edition(models.Model):
    """The same award in another form that has a signature of its own; made when first asked for.

    `sealed` holds the token or the document, encrypted under the learner's own key, as the
    credential's is.
    """

    # Anybody's visit asks for one, and a worker makes it.
    kept = trail.Kept(shown=("state",), noted=("credential", "kind", "kid"), additions=False)

    class Kind(models.TextChoices):
        """Every form that a worker signs: a credential has at most one edition of each."""

        JWT = "jwt", "VC-JWT, RS256"
        JWT_ES256 = "jwt-es256", "VC-JWT, ES256"
        ASSERTION = "assertion", "Open Badges 2.0, JWS"
        # Its learner derives from it what is to be shown; itself, it is shown to nobody.
        DISCLOSURE = "disclosure", "ecdsa-sd-2023, base proof"

    class State(models.TextChoices):
        DUE = "due", _("waiting to be signed")
        SIGNED = "signed", _("signed")
        REFUSED = "refused", _("could not be signed")

    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    credential = models.ForeignKey(
        "credentials.Credential", models.PROTECT, related_name="editions"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    requested_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    # The key that signed it: once that key is revoked, another must.
    kid = models.CharField(max_length=60, blank=True)
    # Why it could not be signed; it names the field and never the person.
    refusal = models.CharField(max_length=500, blank=True)
    sealed = models.BinaryField(null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(waits_since="requested_at"))

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "credential", "kind"], name="one_edition_per_kind"
            ),
            models.CheckConstraint(
                name="signed_edition_is_whole",
                condition=models.Q(
                    state__in=["due", "refused"], sealed__isnull=True, signed_at__isnull=True
                )
                | models.Q(state="signed", sealed__isnull=False, signed_at__isnull=False),
            ),
        ]
        indexes = [
            # What the signing worker asks for, again and again: keep it small.
            models.Index(
                fields=["requested_at", "id"],
                name="editions_due",
                condition=models.Q(state="due"),
            ),
            # What the list of revoked assertions is made from.
            models.Index(fields=["issuer", "kind"], name="editions_of_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.credential_id}"
