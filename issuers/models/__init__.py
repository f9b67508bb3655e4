"""Who speaks: people, issuers, and the keys and submitters that speak for an issuer."""

import uuid
from typing import Any

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import scope, trail
from issuers.core import kinds, roles
from issuers.models.arrivals import Arrival, EarlierTrail, EarlierTrailPiece
from issuers.models.entries import TrailEntry, TrailMark, TrailSeal
from issuers.models.installation import InstallationKey, InstallationSecret
from issuers.models.operating import BreakGlass, GlassEnd, Quota
from issuers.models.orders import KeyOrder
from issuers.models.organisation import Domain, Host, LiveHost, LookAlike, Unit
from issuers.models.people import IdentityProvider, Invitation, Role

__all__ = [
    "AcceptedSubmitter", "AnchoringLane", "Arrival", "BreakGlass", "Domain", "EarlierTrail",
    "EarlierTrailPiece", "GlassEnd", "Host", "IdentityProvider",
    "InstallationKey", "InstallationSecret", "Invitation", "Issuer",
    "KeyOrder", "LiveHost", "LookAlike", "Membership", "PrivateKey", "Quota", "Role",
    "SigningKey", "TrailEntry", "TrailMark", "TrailSeal", "Unit", "User", "UserManager",
]  # fmt: skip


# What serves an organisation does not take its suspension back, and what serves an operator writes
# nothing else of an organisation.
OPERATORS_WORD = pgtrigger.Trigger(
    name="only_the_operator_suspends",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF current_user <> 'acquis' THEN
            RETURN NEW;
        END IF;
        IF acquis_operator() IS NULL
            AND (NEW.suspended_at, NEW.suspended_for)
                IS DISTINCT FROM (OLD.suspended_at, OLD.suspended_for) THEN
            RAISE EXCEPTION 'only an operator suspends an organisation'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF acquis_operator() IS NOT NULL
            AND to_jsonb(NEW) - ARRAY['suspended_at', 'suspended_for']
                IS DISTINCT FROM to_jsonb(OLD) - ARRAY['suspended_at', 'suspended_for'] THEN
            RAISE EXCEPTION 'an operator changes nothing else of an organisation'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    """,
)


class UserManager(BaseUserManager["User"]):
    """Makes people who sign in with their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        # Capitals do not tell two people apart.
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works with Acquis, for one issuer or several."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operates this installation"), default=False)

    USERNAME_FIELD = "email"
    objects = UserManager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.email


class Issuer(models.Model):
    """An organisation that issues credentials: the tenant."""

    kept = trail.Kept(
        also=(
            *("name", "legal_name", "url", "country", "region", "language", "registration", "did"),
            *("siret", "declaration", "colour", "linkedin_id"),
        ),
        left_out=("is_name_compared",),
    )

    class Kind(models.TextChoices):
        CERTIFYING_BODY = "certifying_body", _("certifying body")
        TRAINING_ORGANISATION = "training_organisation", _("training organisation")
        SCHOOL = "school", _("school, college or university")
        EMPLOYER = "employer", _("employer")
        ASSOCIATION = "association", _("association")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices, blank=True)
    description = models.TextField(_("description"), blank=True)
    url = models.URLField(_("website"), blank=True)
    email = models.EmailField(_("contact e-mail"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    # In which it teaches or assesses, besides the one that it speaks with.
    languages = models.JSONField(_("languages"), default=list, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    registration = models.CharField(_("registration number"), max_length=40, blank=True)
    # Numéro de déclaration d'activité, and for which kinds of action it is certified (Qualiopi).
    declaration = models.CharField(_("declaration of activity"), max_length=11, blank=True)
    qualiopi = models.JSONField("Qualiopi", default=list, blank=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True)
    linkedin_id = models.CharField(_("LinkedIn organisation number"), max_length=20, blank=True)
    logo = models.BinaryField(_("logo (PNG)"), null=True, blank=True)
    # Who prepares awards does not release them: they wait for a second person.
    four_eyes = models.BooleanField(_("awards wait for a second person"), default=False)
    # Whoever signs in otherwise than through its identity provider must have a second factor.
    second_factor = models.BooleanField(_("a second factor is required"), default=False)
    # Whether learners are reminded by e-mail of what they did not open: after how many days (None:
    # never), how often at most, and of what they were told since when.
    reminds_after = models.PositiveSmallIntegerField(
        _("days until learners are reminded"), null=True, blank=True
    )
    reminds_most = models.PositiveSmallIntegerField(
        _("reminders of a badge at most"), default=1, db_default=1
    )
    reminds_since = models.DateTimeField(
        _("reminded of what they were told since"), null=True, blank=True, editable=False
    )
    # Since when, and why, the operator of the installation lets it issue nothing and keeps its
    # console closed; its pages and what it issued stay.
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True, editable=False)
    suspended_for = models.CharField(_("reason"), max_length=500, blank=True, editable=False)
    # Whether the name was compared with those of the others since it was last changed.
    is_name_compared = models.BooleanField(default=False, editable=False)
    # Since when its people do not want to be shown the first steps any more.
    settled_in_at = models.DateTimeField(_("settled in"), null=True, blank=True, editable=False)
    # Written into every credential, so it is fixed at registration and never recomputed from
    # settings.
    did = models.CharField("DID", max_length=255, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")
        constraints = [
            models.CheckConstraint(
                name="suspended_issuer_is_told_why",
                condition=models.Q(suspended_at=None, suspended_for="")
                | models.Q(suspended_at__isnull=False) & ~models.Q(suspended_for=""),
            )
        ]
        triggers = [OPERATORS_WORD]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What a person may do for an issuer."""

    kept = trail.Kept(called="user")

    issuer = models.ForeignKey(Issuer, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    objects = scope.IssuerScopedManager(scope.Wall(person="user", operator="reads"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "user"], name="one_role_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    @property
    def may(self) -> dict[str, bool]:
        """Tell what this role allows, by the name of the action; costs no query."""
        return {action.value: roles.may(self.role, action) for action in roles.Action}


class SigningKey(models.Model):
    """A key of an issuer: its public half, and since when and until when it speaks.

    Keys are never deleted: what an old key signed must verify for ever. Who serves pages only reads
    them: it could add a key of its own, or take back that one was stolen.
    """

    kept = trail.Kept(called="kid", also=("kid",))

    class Kind(models.TextChoices):
        ED25519 = kinds.Kind.ED25519.value, "Ed25519"
        P256 = kinds.Kind.P256.value, "P-256"
        RSA = kinds.Kind.RSA.value, "RSA"

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ED25519)
    # The Multikey, or the thumbprint of a key that has no Multikey: its JWK is then in public_jwk.
    kid = models.CharField(max_length=60, unique=True)
    public_jwk = models.JSONField(null=True, blank=True)
    valid_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager(
        scope.Wall(unguessable=("kid",), operator="reads", web_may=("SELECT",))
    )

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        indexes = [models.Index(fields=["issuer", "-valid_from"])]
        constraints = [
            models.CheckConstraint(
                name="key_without_multikey_shows_its_jwk",
                condition=models.Q(kind="rsa", public_jwk__isnull=False)
                | models.Q(kind__in=["ed25519", "p256"], public_jwk__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.kid


class PrivateKey(models.Model):
    """The private half of a signing key, encrypted under a key kept outside the database.

    A table of its own, because only workers may read it: who serves pages has no right to it.
    """

    key = models.OneToOneField(SigningKey, models.PROTECT, primary_key=True, related_name="+")
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="+")
    wrapped_dek = models.BinaryField()
    sealed_private = models.BinaryField()

    objects = scope.IssuerScopedManager(scope.Wall(is_secret=True))

    class Meta:
        verbose_name = _("private key")
        verbose_name_plural = _("private keys")

    def __str__(self) -> str:
        return str(self.key_id)


class AcceptedSubmitter(models.Model):
    """A chain account (CAIP-10) whose anchors this issuer accepts.

    Its DID document names them all.
    """

    kept = trail.Kept(called="account", also=("account",))

    issuer = models.ForeignKey(Issuer, models.CASCADE, related_name="+")
    account = models.CharField(max_length=120)
    accepted_at = models.DateTimeField()

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("accepted submitter")
        verbose_name_plural = _("accepted submitters")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "account"], name="one_acceptance_per_account")
        ]

    def __str__(self) -> str:
        return self.account


class AnchoringLane(models.Model):
    """A chain on which what this issuer signs is anchored, and whose account submits it there.

    Rows are ended, never changed: whoever asks later must learn which lanes a credential was
    promised. An issuer that has none follows the installation.
    """

    kept = trail.Kept(called="chain", also=("chain", "signer"))

    issuer = models.ForeignKey(Issuer, models.CASCADE, related_name="+")
    chain = models.CharField(_("chain"), max_length=41)  # CAIP-2
    # Name of the key of an account of its own; empty for the one that all share.
    signer = models.CharField(_("name of the submitter's key"), max_length=60, blank=True)
    active_from = models.DateTimeField(_("from"))
    active_until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("anchoring lane")
        verbose_name_plural = _("anchoring lanes")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "chain", "signer"],
                condition=models.Q(active_until__isnull=True),
                name="lane_is_chosen_once",
            ),
            models.CheckConstraint(
                condition=models.Q(active_until__isnull=True)
                | models.Q(active_until__gte=models.F("active_from")),
                name="lane_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.signer}" if self.signer else self.chain
