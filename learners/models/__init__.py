"""Whom credentials are about: the learner's row alone has a name and an address in clear."""

import uuid

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail
from learners.models.wallets import Wallet as Wallet
from learners.models.wallets import WalletAddress as WalletAddress
from learners.models.wallets import WalletCode as WalletCode
from learners.models.wallets import WalletCollection as WalletCollection
from learners.models.wallets import WalletCollectionItem as WalletCollectionItem
from learners.models.wallets import WalletImport as WalletImport
from learners.models.wallets import WalletSession as WalletSession

# A name is looked for without its accents: what each letter is taken for. The database goes by the
# same table, and `lower` need not know letters beyond ASCII there.
ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy"
_SOUGHT = models.Func(
    Lower("name"), models.Value(ACCENTED), models.Value(PLAIN), function="translate"
)


class Learner(models.Model):
    """A person who earns credentials from one issuer."""

    kept = trail.Kept(shown=(), noted=("name", "email", "language", "former_names"))

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), max_length=254)
    language = models.CharField(_("language"), max_length=10, default="en")
    created_at = models.DateTimeField()
    # As they were called before: what was signed then goes on saying so, and its page is to know.
    former_names = models.JSONField(null=True, blank=True, editable=False)
    # By what a name is found, as the database works it out: as it is written, and its last word
    # first. Bytes are compared, whatever the language of the database.
    sought = models.GeneratedField(
        expression=_SOUGHT,
        output_field=models.CharField(max_length=400, db_collation="C"),
        db_persist=True,
    )
    sought_last = models.GeneratedField(
        expression=models.Func(
            _SOUGHT,
            models.Value(r"^(.*)\s(\S+)$"),
            models.Value(r"\2 \1"),
            function="regexp_replace",
        ),
        output_field=models.CharField(max_length=400, db_collation="C"),
        db_persist=True,
    )

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",), known_by="email"))

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "email"], name="one_learner_per_address")
        ]
        indexes = [
            models.Index(fields=["issuer", "sought"], name="learners_by_name"),
            models.Index(fields=["issuer", "sought_last"], name="learners_by_last_name"),
            # Whom a person who has the address is to (`Wall.known_by`).
            models.Index(fields=["email"], name="learners_by_address"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)  # never the person: this ends up in logs


class LearnerKey(models.Model):
    """The data key of one learner, wrapped by a key outside the database.

    Everything signed about the person is stored encrypted under it: to erase the person is to
    delete this row.
    """

    # Every learner has one from the start; that it goes is their erasure.
    kept = trail.Kept(shown=(), additions=False)

    learner = models.OneToOneField(Learner, models.CASCADE, primary_key=True, related_name="key")
    # The learner's row is this issuer's, or the database refuses it; so there is such an issuer.
    issuer = models.ForeignKey(
        issuers.Issuer, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    wrapped_dek = models.BinaryField()

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("learner's key")
        verbose_name_plural = _("learners' keys")

    def __str__(self) -> str:
        return str(self.learner_id)
