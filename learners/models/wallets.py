"""A person's own: their addresses, proven by a code, whatever organisations know them by.

None of these rows is an organisation's, and none points to one. No address is in clear: a keyed
fingerprint finds it, and what has to be read again is sealed under the wallet's own key.
"""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Wallet(models.Model):
    """Everything of one person, who has shown that some addresses are theirs.

    To give it up is to delete this row: the rest goes with it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()
    # Its data key, wrapped by a key outside the database: the keyring of learners.
    wrapped_dek = models.BinaryField()

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")

    def __str__(self) -> str:
        return str(self.uuid)


class WalletAddress(models.Model):
    """An address that is theirs."""

    wallet = models.ForeignKey(Wallet, models.CASCADE, related_name="addresses")
    mark = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    proven_at = models.DateTimeField()

    class Meta:
        verbose_name = _("address of a wallet")
        verbose_name_plural = _("addresses of wallets")

    def __str__(self) -> str:
        return str(self.pk)


class WalletCode(models.Model):
    """A code on its way to an address: whoever types it has the address.

    Neither is kept: a keyed fingerprint of each is. It goes within the hour.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mark = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("code of a wallet")
        verbose_name_plural = _("codes of wallets")
        indexes = [
            models.Index(fields=["mark", "asked_at"], name="wallet_codes_of_address"),
            models.Index(fields=["asked_at"], name="wallet_codes_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class WalletSession(models.Model):
    """A browser in which a wallet is open; what it shows is kept as its SHA-256."""

    wallet = models.ForeignKey(Wallet, models.CASCADE, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("session of a wallet")
        verbose_name_plural = _("sessions of wallets")
        indexes = [models.Index(fields=["ends_at"], name="wallet_sessions_by_end")]

    def __str__(self) -> str:
        return str(self.pk)
