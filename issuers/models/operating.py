"""What operators of the installation decided about an organisation, and when they looked inside."""

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import scope, trail

# The database says who opens it and when, by its own clock: a program may not.
BY_THE_DATABASE = pgtrigger.Trigger(
    name="the_database_opens_it",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF current_user = 'acquis' THEN
            NEW.operator_id := acquis_operator();
        END IF;
        NEW.opened_at := statement_timestamp();
        NEW.until := NEW.opened_at + make_interval(mins => NEW.minutes);
        RETURN NEW;
    """,
)


class BreakGlass(models.Model):
    """An operator reads an organisation's data, for a reason and for a while; never changed.

    While it lasts, policies of row-level security let that operator read that organisation's rows.
    """

    kept = trail.Kept(called="operator")

    issuer = models.ForeignKey("issuers.Issuer", models.PROTECT, related_name="+")
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    # Both are written by the database.
    opened_at = models.DateTimeField(_("opened"), null=True, editable=False)
    until = models.DateTimeField(_("until"), null=True, editable=False)

    objects = scope.IssuerScopedManager(scope.Wall(is_record=True, operator="decides"))

    class Meta:
        verbose_name = _("look inside")
        verbose_name_plural = _("looks inside")
        indexes = [models.Index(fields=["issuer", "operator", "until"], name="glass_that_is_open")]
        constraints = [
            models.CheckConstraint(
                name="glass_closes_by_itself",
                condition=models.Q(minutes__gte=5, minutes__lte=60)
                & models.Q(opened_at__isnull=False, until__isnull=False),
            ),
            models.CheckConstraint(name="glass_has_a_reason", condition=~models.Q(reason="")),
        ]
        triggers = [BY_THE_DATABASE]

    def __str__(self) -> str:
        return f"{self.issuer_id} by {self.operator_id} until {self.until}"

    @property
    def ended_at(self) -> datetime | None:
        """When it ended: before its time was over, or with it."""
        end: GlassEnd | None = getattr(self, "end", None)
        return self.until if end is None else end.ended_at


# Likewise; and nobody ends what another opened, or what is over.
ENDED_BY_THE_DATABASE = pgtrigger.Trigger(
    name="the_database_ends_it",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        NEW.ended_at := statement_timestamp();
        IF current_user = 'acquis' AND NOT EXISTS (
            SELECT FROM issuers_breakglass AS glass
            WHERE glass.id = NEW.glass_id AND glass.operator_id = acquis_operator()
                AND glass.until > NEW.ended_at
        ) THEN
            RAISE EXCEPTION 'no look of this operator is open there'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


class GlassEnd(models.Model):
    """An operator read no longer than they had to: a look inside ends before its time is over.

    A row of its own, so that what was opened stays on record as it was.
    """

    kept = trail.Kept(called="glass__operator__name")

    glass = models.OneToOneField(
        BreakGlass,
        models.PROTECT,
        primary_key=True,
        related_name="end",
        verbose_name=_("look inside"),
    )
    issuer = models.ForeignKey("issuers.Issuer", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    objects = scope.IssuerScopedManager(scope.Wall(is_record=True, operator="decides"))

    class Meta:
        verbose_name = _("end of a look inside")
        verbose_name_plural = _("ends of looks inside")
        constraints = [
            models.CheckConstraint(
                name="glass_ends_at_an_instant", condition=models.Q(ended_at__isnull=False)
            )
        ]
        triggers = [ENDED_BY_THE_DATABASE]

    def __str__(self) -> str:
        return f"{self.glass_id} at {self.ended_at}"


class Quota(models.Model):
    """How much an organisation may have at most; where there is no row, as much as it likes."""

    class Kind(models.TextChoices):
        CREDENTIALS = "credentials", _("credentials in a month")
        PEOPLE = "people", _("people, and invitations that are open")
        STORAGE = "storage", _("files of evidence, in megabytes")

    issuer = models.ForeignKey("issuers.Issuer", models.CASCADE, related_name="+")
    kind = models.CharField(_("quota"), max_length=12, choices=Kind.choices)
    most = models.PositiveIntegerField(_("at most"))

    objects = scope.IssuerScopedManager(scope.Wall(operator="decides"))

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind"], name="one_quota_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.kind} {self.most}"
