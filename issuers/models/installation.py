"""The keys of the installation itself: they sign what it says, and nothing in an issuer's name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import scope


class InstallationKey(models.Model):
    """The public half of an Ed25519 key of the installation. It is kept for ever.

    Whoever serves pages reads it and cannot write one: it would sign for us.
    """

    kid = models.CharField(max_length=48, unique=True)
    valid_from = models.DateTimeField()

    objects = scope.CommonManager(scope.Wall(web_may=("SELECT",)))

    class Meta:
        verbose_name = _("key of the installation")
        verbose_name_plural = _("keys of the installation")

    def __str__(self) -> str:
        return self.kid


class InstallationSecret(models.Model):
    """The private half, as those of issuers are kept: encrypted, and for workers alone.

    It is not wrapped anew where SIGNING_KEK changes: what does not open any more is succeeded by
    another key, and what it signed still verifies.
    """

    key = models.OneToOneField(InstallationKey, models.CASCADE, primary_key=True, related_name="+")
    wrapped_dek = models.BinaryField()
    sealed_private = models.BinaryField()

    objects = scope.CommonManager(scope.Wall(is_secret=True))

    class Meta:
        verbose_name = _("private key of the installation")
        verbose_name_plural = _("private keys of the installation")

    def __str__(self) -> str:
        return str(self.key_id)
