"""What is left to write of a badge before everybody can read it."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from badges import models

# Without them nobody is told what a badge is for.
NEEDED = ("name", "description", "criteria")
# Starting points leave words [in square brackets] for the organisation to replace; a link of
# Markdown, [words](address), is none, nor is a box to tick, [x].
_LEFT = re.compile(r"\[[^\[\]\n]{2,80}\](?![(\[:])")


def unwritten(achievement: models.Achievement) -> list[str]:
    """Return the texts that a badge needs before it is published, and does not have; no query."""
    return [name for name in NEEDED if not getattr(achievement, name).strip()]


def require_finished(*, achievement: models.Achievement) -> None:
    """Refuse texts in which words are left that somebody was to replace; no query.

    Raises:
        ValidationError: names each field, what is left in it, and the remedy.
    """
    texts = {name: getattr(achievement, name) for name in (*NEEDED, "image_caption")}
    texts["tags"] = "\n".join(achievement.tags)
    found = {name: list(dict.fromkeys(_LEFT.findall(text))) for name, text in texts.items()}
    if any(found.values()):
        raise ValidationError(
            {
                name: _("Replace what is left in square brackets: %(words)s")
                % {"words": ", ".join(left)}
                for name, left in found.items()
                if left
            }
        )
