"""What one organisation says of another, of its badge, or of an award."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from badges import models as badges
from credentials.models.lists import StatusList
from issuers import models as issuers
from issuers import scope, trail


class Endorsement(models.Model):
    """An endorsement: asked for (`due`), then signed by a worker with the endorser's key.

    It is seen on pages and goes into credentials once the endorsed side has accepted it.

    `content` is what is said: JSON while it waits, the signed document from then on. Where an award
    is endorsed it is about a person, and encrypted under the learner's own key.
    """

    kept = trail.Kept(called="endorsed__name", left_out=("content",))

    class State(models.TextChoices):
        DUE = "due", _("waiting to be signed")
        SIGNED = "signed", _("signed")

    token = models.CharField(max_length=22, unique=True, editable=False)
    # Who endorses: the tenant whose row it is.
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    # Whose profile, badge or award it is, and who must accept; null where the endorser came from
    # another installation, and they are not here.
    endorsed = models.ForeignKey(
        issuers.Issuer, models.PROTECT, null=True, blank=True, related_name="+"
    )
    achievement = models.ForeignKey(
        badges.Achievement, models.PROTECT, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        "credentials.Credential", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The id of what is endorsed, as documents write it.
    subject = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    content = models.BinaryField()
    endorsed_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    status_list = models.ForeignKey(
        StatusList, models.PROTECT, null=True, blank=True, related_name="+"
    )
    status_index = models.PositiveIntegerField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(_("public reason"), max_length=300, blank=True)

    objects = scope.IssuerScopedManager(
        scope.Wall(
            names=("token",),
            is_issuing=True,
            waits_since="endorsed_at",
            shared_with="endorsed",
            through={"achievement": "endorsed", "credential": "endorsed"},
        )
    )

    class Meta:
        verbose_name = _("endorsement")
        verbose_name_plural = _("endorsements")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=models.Q(revoked_at=None, declined_at=None),
                name="one_standing_endorsement_of_a_subject",
            ),
            models.CheckConstraint(
                name="nobody_endorses_themselves",
                condition=~models.Q(issuer=models.F("endorsed")),
            ),
            models.CheckConstraint(
                name="signed_endorsement_has_status",
                condition=models.Q(state="due", status_list=None, status_index=None)
                | models.Q(state="signed", status_list__isnull=False, status_index__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["endorsed", "subject"], name="endorsements_of")]

    def __str__(self) -> str:
        return self.token
