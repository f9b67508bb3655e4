"""E-mails to learners: a row for each credential that one is told of, with what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from issuers import models as issuers
from issuers import scope, trail
from learners import models as learners


class Message(models.Model):
    """One learner is told of one credential.

    The statement that signs credentials writes these rows; the row is the queue. Those of one
    learner that wait together leave in one e-mail (`sent_as` is then the first of them).

        waiting  ->  sending  ->  sent  ->  delivered, bounced, complained    as a provider tells
           ^            |     ->  bounced, failed                             as a mail server says
           |            |     ->  unsure      the worker died on the way, or the connection did
           '------------'     later, where the server asks for that

    What was written is not kept, nor the address it went to: `address` is a fingerprint of it.
    """

    kept = trail.NotKept("it is a journal by itself; who asked for a message is on its row")

    class Kind(models.TextChoices):
        ISSUED = "issued", _("badge issued")
        REMINDER = "reminder", _("reminder")
        CORRECTED = "corrected", _("badge corrected")
        REVOKED = "revoked", _("badge revoked")
        SUSPENDED = "suspended", _("badge suspended")
        REINSTATED = "reinstated", _("badge reinstated")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", pgettext_lazy("e-mail", "sent")
        DELIVERED = "delivered", _("delivered")
        BOUNCED = "bounced", _("came back")
        COMPLAINED = "complained", _("reported as unwanted")
        FAILED = "failed", _("could not be sent")
        UNSURE = "unsure", _("perhaps sent")
        WITHHELD = "withheld", _("not sent")

    # Every index costs, when a hundred thousand are written: each of these answers a question. That
    # there is such an issuer, the credential's row says, which is no other's.
    issuer = models.ForeignKey(
        issuers.Issuer, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    credential = models.ForeignKey(
        "credentials.Credential", models.PROTECT, related_name="+", db_index=False
    )
    learner = models.ForeignKey(learners.Learner, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING, db_default=State.WAITING
    )
    asked_at = models.DateTimeField()
    # Empty where the signing of the credential asked for it.
    asked_by = models.ForeignKey(
        issuers.User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    # When the state changed last; empty while it waits.
    settled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    # In which language it was written.
    language = models.CharField(max_length=2, blank=True, default="", db_default="")
    # Keyed, so that nothing can be learnt from it; whether the learner's address is still that one.
    address = models.CharField(max_length=32, blank=True, default="", db_default="")
    sent_as = models.BigIntegerField(null=True, blank=True)
    # What whoever took it calls it.
    provider_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    # What was said when it did not go, without the address.
    problem = models.CharField(max_length=300, blank=True, default="", db_default="")
    # Another row says the same to the same learner: somebody sent it again.
    is_replaced = models.BooleanField(default=False, db_default=False)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            # What the worker asks for; small.
            models.Index(
                fields=["issuer", "due_at", "id"],
                name="messages_due",
                condition=models.Q(state="waiting"),
            ),
            # How many left in the last minute.
            models.Index(
                fields=["claimed_at"],
                name="messages_claimed",
                condition=models.Q(claimed_at__isnull=False),
            ),
            # What a worker left behind; next to nothing.
            models.Index(
                fields=["claimed_at"],
                name="messages_sending",
                condition=models.Q(state="sending"),
            ),
            # Of one learner: of a credential, of an e-mail, of an address.
            models.Index(fields=["learner", "id"], name="messages_of_learner"),
            models.Index(fields=["issuer", "state", "-id"], name="messages_of_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.credential_id}"


class Wording(models.Model):
    """How an organisation writes one kind of message in one language, instead of the standard."""

    # What an organisation says to everybody; whom it greets is a placeholder.
    kept = trail.Kept(
        called="subject", also=("subject", "body"), left_out=("changed_at", "changed_by")
    )

    class Language(models.TextChoices):
        FR = "fr", _("French")
        EN = "en", _("English")

    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Message.Kind.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=5_000)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        issuers.User, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind", "language"], name="one_wording_per_kind_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"
