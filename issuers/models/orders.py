"""What administrators order for the keys of their organisation, and workers do."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import scope, trail
from issuers.core.kinds import Kind

KINDS = [(Kind.ED25519.value, "Ed25519"), (Kind.P256.value, "P-256"), (Kind.RSA.value, "RSA")]


# A theft that was declared stays declared, or a web process that runs somebody else's code would
# take the word back before a worker hears it.
ONLY_CANCELLED = pgtrigger.Trigger(
    name="who_serves_pages_only_cancels",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF current_user = 'acquis' AND NOT (
            OLD.state = 'waiting' AND NEW.state = 'cancelled' AND OLD.act <> 'disown'
            AND to_jsonb(NEW) - ARRAY['state', 'ended_at', 'trouble']
                = to_jsonb(OLD) - ARRAY['state', 'ended_at', 'trouble']
        ) THEN
            RAISE EXCEPTION 'permission denied: an order that waits can be cancelled, no more'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    """,
)


class KeyOrder(models.Model):
    """Something to be done with an organisation's keys; the row is the queue.

    Who serves pages cannot write keys: it adds an order, and may cancel one that waits. A worker
    does what is ordered, or says why not.
    """

    class Act(models.TextChoices):
        ROTATE = "rotate", _("new key")
        RETIRE = "retire", _("retire")
        DISOWN = "disown", _("declare stolen")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a worker")
        DONE = "done", _("done")
        REFUSED = "refused", _("not done")
        CANCELLED = "cancelled", _("cancelled")

    class Refusal(models.TextChoices):
        NO_KEY = "no-key", _("The key is not there.")
        ENDED = "ended", _("The key had ended before.")
        IMPOSSIBLE = "impossible", _("The key cannot have been stolen then.")

    class Trouble(models.TextChoices):
        SERVICE = "service", _("The service that wraps keys does not answer.")
        NO_KEK = "no-kek", _("The worker holds no key to wrap others with (SIGNING_KEK).")

    # Choices and keys of rows: nothing in it was typed.
    kept = trail.Kept(left_out=("trouble", "tried_at"))

    issuer = models.ForeignKey("issuers.Issuer", models.PROTECT, related_name="+")
    act = models.CharField(_("act"), max_length=6, choices=Act.choices)
    # Of a new key its kind, of the others which key.
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS, blank=True)
    key = models.ForeignKey(
        "issuers.SigningKey",
        models.PROTECT,
        verbose_name=_("signing key"),
        null=True,
        blank=True,
        related_name="+",
    )
    # Since when somebody else may have had it.
    since = models.DateTimeField(_("stolen since"), null=True, blank=True)
    ordered_by = models.ForeignKey(
        "issuers.User", models.PROTECT, verbose_name=_("ordered by"), related_name="+"
    )
    ordered_at = models.DateTimeField(_("ordered on"))
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    refusal = models.CharField(
        _("why it was not done"), max_length=10, choices=Refusal.choices, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    # Why the last attempt came to nothing; it is tried again.
    trouble = models.CharField(max_length=7, choices=Trouble.choices, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(web_may=("SELECT", "INSERT", "UPDATE")))

    class Meta:
        verbose_name = _("order about keys")
        verbose_name_plural = _("orders about keys")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="key_order_says_what_to_do",
                condition=(
                    models.Q(act="rotate", key__isnull=True, since__isnull=True)
                    & ~models.Q(kind="")
                )
                | models.Q(act="retire", key__isnull=False, since__isnull=True, kind="")
                | models.Q(act="disown", key__isnull=False, since__isnull=False, kind=""),
            ),
            models.CheckConstraint(
                name="key_order_ends_once",
                condition=models.Q(state="waiting", ended_at__isnull=True, refusal="")
                | models.Q(state__in=["done", "cancelled"], ended_at__isnull=False, refusal="")
                | (models.Q(state="refused", ended_at__isnull=False) & ~models.Q(refusal="")),
            ),
            models.UniqueConstraint(
                fields=["issuer", "kind"],
                condition=models.Q(state="waiting", act="rotate"),
                name="one_new_key_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["issuer", "key"],
                condition=models.Q(state="waiting", act="retire"),
                name="one_retirement_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["issuer", "key"],
                condition=models.Q(state="waiting", act="disown"),
                name="one_disowning_at_a_time",
            ),
        ]
        triggers: ClassVar = [ONLY_CANCELLED]
        indexes: ClassVar = [
            models.Index(fields=["issuer", "-id"], name="key_orders_of_issuer"),
            # What the worker asks for, again and again: keep it small.
            models.Index(
                fields=["id"], name="key_orders_waiting", condition=models.Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.act}"

    @property
    def may_be_cancelled(self) -> bool:
        """Say whether it waits, and is not the word that a key was stolen."""
        return self.state == self.State.WAITING and self.act != self.Act.DISOWN
