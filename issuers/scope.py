"""The tenant wall in code: a query on an issuer's data names the issuer, or raises.

Django's own machinery (forward relations, `refresh_from_db`, cascades) goes through `_base_manager`
and is not affected: it follows
a row that somebody was already allowed to hold.
"""

from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class IssuerNotNamed(Exception):  # noqa: N818 - it says what is wrong
    """A query on an issuer's data named no issuer."""


class IssuerScopedManager(models.Manager[M]):
    """Closed until an issuer is named: `objects.of(issuer)`.

    Or `objects.across_issuers()` with a reason beside it.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        raise IssuerNotNamed(
            f"{self.model.__name__} belongs to an issuer: use objects.of(issuer), "
            "or objects.across_issuers() and say why."
        )

    def of(self, issuer: Any) -> models.QuerySet[M]:
        """Return the rows of one issuer (an Issuer or its id)."""
        return super().get_queryset().filter(issuer=issuer)

    def across_issuers(self) -> models.QuerySet[M]:
        """Return the rows of every issuer: for workers.

        And for names that are unguessable by themselves.
        """
        return super().get_queryset()
