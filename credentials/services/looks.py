"""Keep what people look for again and again, for everybody who works for an organisation."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credentials import models
from issuers import models as issuers

# More than anybody reads above a list.
MOST = 30
_NAME, _QUERY = 60, 600


@transaction.atomic
def keep_look(
    *, issuer: issuers.Issuer, name: str, query: str, actor: issuers.User, now: datetime
) -> models.KeptLook:
    """Keep filters of the list of issued badges under a name.

    Args:
        issuer: Whose people see it.
        name: What it is called; another one each.
        query: The filters, as they stand in an address.
        actor: Who keeps it.
        now: The instant.

    Raises:
        ValidationError: there is no name or nothing is looked for, the name is taken, or there are
            too many.
    """
    called = " ".join(name.split())
    if not called or len(called) > _NAME:
        raise ValidationError({"name": _("Give a name of 1 to 60 characters.")})
    if not query or len(query) > _QUERY:
        raise ValidationError(_("There is nothing to keep: look for something first."))
    if models.KeptLook.objects.of(issuer).count() >= MOST:
        raise ValidationError(
            _("An organisation keeps at most %(most)d views: remove one first.") % {"most": MOST}
        )
    try:
        with transaction.atomic():
            return models.KeptLook.objects.of(issuer).create(
                issuer=issuer, name=called, query=query, kept_by=actor, kept_at=now
            )
    except IntegrityError:
        raise ValidationError(
            {"name": _("A view of this name is kept already: choose another name.")}
        ) from None


def drop_look(*, issuer: issuers.Issuer, look: models.KeptLook) -> None:
    """Keep a look no more."""
    models.KeptLook.objects.of(issuer).filter(pk=look.pk).delete()
