"""What was handed over to be verified together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pile(models.Model):
    """Files or links that somebody gave to be verified together, and what came of each.

    It is nobody's: whoever has its address reads it, and there is no other way to it. What was
    given, what came of it and the receipt are sealed; what was given is gone as soon as the last of
    it was looked at, and the row some days later.
    """

    token = models.CharField(max_length=22, unique=True, editable=False)
    asked_at = models.DateTimeField()
    size = models.PositiveIntegerField()
    # Entries that were begun, and those that are done: where they differ, one is being verified, or
    # its worker died over it.
    begun = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Under which name whoever gave it is counted, while it waits; no address can be read from it.
    asker = models.CharField(max_length=32, blank=True, default="", db_default="")
    content = models.BinaryField(null=True, blank=True)
    found = models.BinaryField(null=True, blank=True)
    receipt = models.BinaryField(null=True, blank=True)

    class Meta:
        verbose_name = _("pile to verify")
        verbose_name_plural = _("piles to verify")
        indexes = [
            models.Index(
                fields=["id"], name="piles_to_do", condition=models.Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"pile {self.pk}"

    @property
    def percent(self) -> int:
        """Return how much of it is done, in hundredths; costs no query."""
        return min(self.done * 100 // max(self.size, 1), 100)
