"""What an organisation has besides its profile: proven domains, hosts, units; and look-alikes."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import scope, trail


class Domain(models.Model):
    """A domain that an organisation says is its own, and whether that was proven.

    It stands while the proof was seen within the grace period (`issuers.core.domains`). Rows are
    looked at again every day; a lapse stays noted until the domain is proven anew.
    """

    # Looked at every day: only what comes of it is worth a line.
    kept = trail.Kept(also=("name",), left_out=("checked_at", "confirmed_at"))

    class Method(models.TextChoices):
        DNS = "dns", _("a DNS record")
        FILE = "file", _("a file on its site")

    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    name = models.CharField(_("domain"), max_length=253)
    # What is looked for: random, this organisation's for this domain and for nothing else.
    token = models.CharField(max_length=43)
    method = models.CharField(_("proven by"), max_length=4, choices=Method.choices, blank=True)
    asked_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    # When the proof was last seen; and when it was last looked for, with what came instead.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(operator="reads"))

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "name"], name="one_row_per_domain"),
            models.CheckConstraint(
                name="verified_domain_was_confirmed",
                condition=models.Q(verified_at=None, confirmed_at=None, method="")
                | models.Q(verified_at__isnull=False, confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Host(models.Model):
    """A host name under which an organisation asks to have its public pages.

    Whether they are there is in `LiveHost`. When a host stops, its token is exchanged: to start
    again takes a proof that was not there before.
    """

    kept = trail.Kept(also=("name",), left_out=("checked_at",))

    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    name = models.CharField(_("host name"), max_length=253)
    token = models.CharField(max_length=43)
    asked_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("address of public pages")
        verbose_name_plural = _("addresses of public pages")
        constraints = [models.UniqueConstraint(fields=["issuer", "name"], name="one_row_per_host")]

    def __str__(self) -> str:
        return self.name


class LiveHost(models.Model):
    """A host that answers with an organisation's public pages: what every web process reads.

    Not behind the wall, because whose a request is must be known before an issuer can be named; it
    holds nothing that the DNS does not tell everybody. One organisation has a host, or nobody.
    """

    name = models.CharField(max_length=253, unique=True)
    owner = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    token = models.CharField(max_length=43)
    since = models.DateTimeField()
    confirmed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("live host")
        verbose_name_plural = _("live hosts")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A part of an organisation that teaches: a campus, a department. They form a tree."""

    kept = trail.Kept(also=("name", "place"))

    class Kind(models.TextChoices):
        CAMPUS = "campus", _("campus or site")
        FACULTY = "faculty", _("faculty or school")
        DEPARTMENT = "department", _("department")
        TEAM = "team", _("team")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    place = models.CharField(_("place"), max_length=100, blank=True)
    created_at = models.DateTimeField()
    # It teaches no more; what it taught keeps its name.
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",)))

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "parent", "name"],
                name="one_unit_of_a_name",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.name


class LookAlike(models.Model):
    """A name that passes for another organisation's: for the operator to judge, and nobody else."""

    kept = trail.NotKept("it is the operator's: the organisation that it is about must not read it")

    class Judgement(models.TextChoices):
        OPEN = "open", _("to be judged")
        HARMLESS = "harmless", _("harmless")
        CONFIRMED = "confirmed", _("confirmed")

    # Who took or changed the name last, and whose it passes for.
    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    resembles = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    other_name = models.CharField(max_length=200)
    likeness = models.CharField(max_length=12)
    found_at = models.DateTimeField()
    judgement = models.CharField(max_length=10, choices=Judgement.choices, default=Judgement.OPEN)
    judged_at = models.DateTimeField(null=True, blank=True)
    # Which operator judged it, and what they noted; nobody where it was done at the terminal.
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(operator="decides"))

    class Meta:
        verbose_name = _("look-alike name")
        verbose_name_plural = _("look-alike names")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "resembles", "name", "other_name"], name="one_row_per_likeness"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} / {self.other_name}"
