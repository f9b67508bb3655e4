"""How people come to work for an issuer: by invitation, and through an identity provider."""

import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from issuers import scope, trail
from issuers.core import roles


class Role(models.TextChoices):
    """What a person is for an issuer; what each may do is in `issuers.core.roles`."""

    ADMINISTRATOR = roles.Role.ADMINISTRATOR.value, _("administrator")
    DESIGNER = roles.Role.DESIGNER.value, _("designer")
    ISSUER = roles.Role.ISSUER.value, _("issuer of credentials")
    APPROVER = roles.Role.APPROVER.value, _("approver")
    VIEWER = roles.Role.VIEWER.value, _("viewer")
    AUDITOR = roles.Role.AUDITOR.value, _("auditor")


class Invitation(models.Model):
    """An address that was invited to work for an issuer, in a role, until a day.

    The link in the e-mail holds the token; here is only its digest. Sent again, it gets another
    token, and the former link leads nowhere.
    """

    kept = trail.Kept(called="email")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    # In which language the e-mail is written.
    language = models.CharField(_("language"), max_length=10, default="en")
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(names=("digest",), unguessable=("uuid",)))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "email"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_per_address",
            ),
            models.CheckConstraint(
                name="invitation_is_accepted_or_withdrawn",
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
            ),
            # Addresses are compared as they are written here.
            models.CheckConstraint(
                name="invited_address_is_in_small_letters",
                condition=models.Q(email=Lower("email")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @staticmethod
    def digest_of(token: str) -> str:
        """Return what is kept of a token: 256 random bits need no slower hash."""
        return hashlib.sha256(token.encode()).hexdigest()


class IdentityProvider(models.Model):
    """Where the people of one issuer sign in with the account that they have there.

    It speaks for the addresses that its issuer proved, and opens that issuer's console alone.
    """

    class Kind(models.TextChoices):
        OIDC = "oidc", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    # In addresses, and in what allauth remembers of accounts. Drawn, and never given again.
    key = models.SlugField(max_length=32, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    name = models.CharField(_("name on the button"), max_length=80)
    # OpenID Connect: the issuer identifier of the provider; SAML: where its people are sent.
    url = models.URLField(_("address"), max_length=500)
    # OpenID Connect: what the provider calls us; SAML: what it calls itself.
    identifier = models.CharField(_("identifier"), max_length=500)
    # OpenID Connect: our secret there, encrypted.
    sealed_secret = models.BinaryField(null=True, blank=True)
    # SAML: what its assertions are signed with (X.509, PEM without its first and last line).
    certificate = models.TextField(_("certificate"), blank=True, max_length=10_000)
    is_active = models.BooleanField(_("in use"), default=True)
    # Whoever has one of the issuer's addresses there joins as a viewer, without an invitation.
    just_in_time = models.BooleanField(_("people join without an invitation"), default=False)
    created_at = models.DateTimeField()

    objects = scope.IssuerScopedManager(scope.Wall(names=("key",)))

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        constraints = [
            models.CheckConstraint(
                name="identity_provider_is_whole",
                condition=models.Q(kind="oidc", sealed_secret__isnull=False)
                | models.Q(kind="saml", sealed_secret__isnull=True) & ~models.Q(certificate=""),
            )
        ]

    def __str__(self) -> str:
        return self.key
