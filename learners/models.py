"""Whom credentials are about: the learner's row alone has a name and an address in clear."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class Learner(models.Model):
    """A person who earns credentials from one issuer."""

    kept = trail.Kept(shown=(), noted=("name", "email", "language"))

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), max_length=254)
    language = models.CharField(_("language"), max_length=10, default="en")
    created_at = models.DateTimeField()

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",)))

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "email"], name="one_learner_per_address")
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
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+", db_index=False)
    wrapped_dek = models.BinaryField()

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("learner's key")
        verbose_name_plural = _("learners' keys")

    def __str__(self) -> str:
        return str(self.learner_id)
