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


class WalletCollection(models.Model):
    """Some badges that their holder shows together, under a name, at an address of its own."""

    wallet = models.ForeignKey(Wallet, models.CASCADE, related_name="collections")
    # 128 random bits: whoever has the address reads the page, while it is shown.
    token = models.CharField(max_length=22, unique=True)
    # Its name, sealed under the wallet's key: people write theirs in it.
    sealed = models.BinaryField()
    is_shown = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("collection of a wallet")
        verbose_name_plural = _("collections of wallets")

    def __str__(self) -> str:
        return str(self.pk)


class WalletCollectionItem(models.Model):
    """A badge in a collection: named by its uuid, because no row here points to an organisation's.

    Whose it is, is asked each time: what changed hands, was hidden or erased is not shown.
    """

    collection = models.ForeignKey(WalletCollection, models.CASCADE, related_name="items")
    credential = models.UUIDField()
    place = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("badge in a collection")
        verbose_name_plural = _("badges in collections")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "credential"], name="a_badge_once_in_a_collection"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class WalletImport(models.Model):
    """A badge from elsewhere that its holder keeps here, and what a check of it came to.

    The file, and what it says it is, lie sealed under the wallet's key.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wallet = models.ForeignKey(Wallet, models.CASCADE, related_name="imports")
    sealed = models.BinaryField()
    said = models.BinaryField()
    added_at = models.DateTimeField()
    # Empty until somebody had it checked: it is not verified by us.
    verdict = models.CharField(max_length=12, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("badge from elsewhere")
        verbose_name_plural = _("badges from elsewhere")

    def __str__(self) -> str:
        return str(self.uuid)
