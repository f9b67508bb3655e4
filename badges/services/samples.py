"""The sample badge of an organisation: to see how everything goes before one has a badge.

Its own text says that it is a sample, for what is signed says so for ever; and its row says so, so
that it is kept off the public page and out of the numbers.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from badges import models
from badges.core import drawing, looks
from badges.services import catalogue
from badges.services.designing import LANGUAGES
from issuers import models as issuers

SLUG = "sample"
LOOK = drawing.Drawing(shape="rosette", colours=("#26323f", "#5d7489", "#e9b44c"), icon="star")


@transaction.atomic
def sample_badge(*, issuer: issuers.Issuer, now: datetime) -> models.Achievement:
    """Return the sample badge of an organisation, published; make it where there is none.

    Args:
        issuer: Whose; its language is that of the badge.
        now: The instant.

    Raises:
        ValidationError: it cannot be published; names the field.
    """
    # Two who press at once: the second finds what the first made.
    issuers.Issuer.objects.select_for_update().only("pk").get(pk=issuer.pk)
    rows = models.Achievement.objects.of(issuer)
    found = rows.filter(is_sample=True, state=models.Achievement.State.PUBLISHED).first()
    if found is not None:
        return found
    language = issuer.language if issuer.language in LANGUAGES else LANGUAGES[0]
    with translation.override(language):
        words: dict[str, Any] = {
            "name": _("Sample: first steps with Acquis"),
            "description": _(
                "This is a sample. It says nothing of whoever holds it; it shows how badges of "
                "this organisation are issued, received and verified."
            ),
            "criteria": _("Nothing had to be done for it: it was issued to try things out."),
            "image_caption": _("A grey rosette with a star"),
        }
    made = catalogue.draft(
        issuer=issuer,
        slug=f"{SLUG}-{rows.filter(slug__startswith=f'{SLUG}-').count() + 1}",
        image=drawing.png(LOOK),
        drawing=drawing.svg(LOOK, title=words["name"]).encode(),
        look=looks.values(LOOK),
        language=language,
        achievement_type="Badge",
        is_sample=True,
        now=now,
        **words,
    )
    return catalogue.publish(issuer=issuer, achievement=made, now=now)


@transaction.atomic
def remove_samples(*, issuer: issuers.Issuer, unused: set[int], now: datetime) -> int:
    """Take sample badges away: those that were never issued for good, the others off the list.

    Args:
        issuer: Whose.
        unused: Those of which nothing was ever issued.
        now: The instant.

    Returns:
        How many there were.
    """
    rows = models.Achievement.objects.of(issuer).filter(is_sample=True)
    many = rows.exclude(state=models.Achievement.State.RETIRED).count()
    rows.filter(pk__in=unused).delete()
    rows.filter(state=models.Achievement.State.PUBLISHED).update(
        state=models.Achievement.State.RETIRED, retired_at=now
    )
    return many
