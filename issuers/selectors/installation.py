"""Questions about the keys of the installation."""

from issuers import models


def installation_keys() -> list[models.InstallationKey]:
    """Return every key that ever signed for the installation, the first one first; one query."""
    return list(models.InstallationKey.objects.order_by("valid_from", "id"))
