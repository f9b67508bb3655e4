"""How often public pages were opened, shared and verified: numbers by day, and never by whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class Tally(models.Model):
    """How often one thing was done with one credential's public pages on one day.

    No address, no browser, no hour and no page where somebody came from is written anywhere. The
    rows of a credential go with its learner's key (see the migration).
    """

    kept = trail.NotKept("it says how often, and nobody of the organisation does it")

    class Act(models.TextChoices):
        OPENED = "opened", _("opened")
        VERIFIED = "verified", _("verified")
        SHARED = "shared", _("shared")
        LINKEDIN = "linkedin", _("added to LinkedIn")
        DOWNLOADED = "downloaded", _("downloaded as a file")

    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    credential = models.ForeignKey(
        "credentials.Credential", models.PROTECT, related_name="+", db_index=False
    )
    # Of Greenwich: a day of the reader's would tell where the reader is.
    day = models.DateField()
    act = models.CharField(max_length=10, choices=Act.choices)
    count = models.PositiveIntegerField()

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("count of a day")
        verbose_name_plural = _("counts of days")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "credential", "day", "act"], name="one_tally_per_day_and_act"
            )
        ]
        indexes = [models.Index(fields=["issuer", "day"], name="tallies_of_days")]

    def __str__(self) -> str:
        return f"{self.act} {self.count} {self.day}"
