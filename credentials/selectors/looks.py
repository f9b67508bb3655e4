"""Questions about what people of an organisation look for again and again."""

import uuid as uuids

from credentials import models
from issuers import models as issuers


def kept_looks(*, issuer: issuers.Issuer) -> list[models.KeptLook]:
    """Return what an organisation keeps, by name; one query."""
    return list(models.KeptLook.objects.of(issuer).order_by("name"))


def find_look(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.KeptLook | None:
    """Return one of what an organisation keeps; one query."""
    return models.KeptLook.objects.of(issuer).filter(uuid=uuid).first()
