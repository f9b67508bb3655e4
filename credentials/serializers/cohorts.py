"""Sessions in words: what one is called where several are offered, and when it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from credentials.serializers import dates

if TYPE_CHECKING:
    from datetime import date

    from credentials.models import Cohort


def when(cohort: Cohort) -> str:
    """Return the days of a session; empty where nobody said."""
    begins, ends = cohort.starts_on, cohort.ends_on
    if begins and ends and begins != ends:
        return _("%(first)s to %(last)s") % {"first": _day(begins), "last": _day(ends)}
    known = begins or ends
    return _day(known) if known else ""


def called(cohort: Cohort) -> str:
    """Return the name of a session with its days and its place, as a form offers it."""
    more = [each for each in (when(cohort), cohort.place) if each]
    return f"{cohort.name} ({', '.join(more)})" if more else cohort.name


def _day(day: date) -> str:
    return dates.written(day, "j N Y")
