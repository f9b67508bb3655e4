"""What is asked before badges are issued: when they are signed, to which session, how many."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from credentials.forms import dates
from credentials.forms.cohorts import PlaceForm
from issuers.core import zones

if TYPE_CHECKING:
    from collections.abc import Sequence

CHOSEN = "at"
# Nobody remembers for longer what was set going.
MOST = timedelta(days=366)


class IssueForm(PlaceForm):
    """When it is signed, and, typed, how many badges that is."""

    WINDOWS = {
        "0": _("At once"),
        "15": _("In 15 minutes"),
        "60": _("In an hour"),
        "1440": _("In a day"),
        "10080": _("In a week"),
        CHOSEN: _("At a day and an hour of my choice"),
    }

    window = forms.ChoiceField(
        label=_("Sign"),
        choices=list(WINDOWS.items()),
        initial="15",
        help_text=_("Until then all of it can be cancelled, and nothing remains."),
    )
    day = dates.day(
        label=_("Day of my choice"),
        required=False,
        help_text=_("Only where you chose a day and an hour above."),
    )
    hour = forms.TimeField(
        label=_("Hour of my choice"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    zone = forms.ChoiceField(label=_("Time of"), required=False, choices=list(zones.CITIES.items()))
    tells = forms.BooleanField(
        label=_("Tell the learners by e-mail"),
        required=False,
        initial=True,
        help_text=_("Each gets a link to their badge, as soon as it is signed."),
    )
    typed = forms.CharField(
        max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )
    field_order = ("window", "day", "hour", "zone", "cohort", "new_cohort", "tells", "typed")

    def __init__(
        self,
        *given: Any,
        number: int,
        now: datetime,
        cohorts: Sequence[tuple[str, str]],
        **more: Any,
    ) -> None:
        """Ask for this number, at this instant, and offer these sessions."""
        super().__init__(*given, **more)
        self.number = number
        self._now = now
        for name in ("day", "hour", "zone"):
            # Style sheets show them once it is chosen; without them they are there.
            self.fields[name].widget.attrs["data-only-at"] = ""
        self.fields["typed"].label = _("Type %(number)d to confirm") % {"number": number}
        self.offer(cohorts)

    def clean_typed(self) -> str:
        """Compare what was typed."""
        typed = re.sub(r"[\s,.]", "", self.cleaned_data["typed"])  # 1,000, or 1 000
        if typed != str(self.number):
            raise ValidationError(_("Type the number of badges as it stands above."))
        return typed

    def clean(self) -> dict[str, Any]:
        """Find the instant from which it is signed."""
        found = super().clean()
        if found.get("window") == CHOSEN:
            self._clean_instant(found)
        elif "window" in found:
            found["sign_after"] = self._now + timedelta(minutes=int(found["window"]))
        return found

    def _clean_instant(self, found: dict[str, Any]) -> None:
        for name, words in (("day", _("Say on which day.")), ("hour", _("Say at which hour."))):
            if not found.get(name) and name not in self.errors:
                self.add_error(name, words)
        if self.errors.keys() & {"day", "hour", "zone"}:
            return
        local = datetime.combine(
            found["day"], found["hour"], ZoneInfo(found.get("zone") or zones.UTC)
        )
        try:
            instant = local.astimezone(UTC)
        except OverflowError:
            self.add_error("day", _("Choose a day within a year."))
            return
        if instant.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
            self.add_error("hour", _("Clocks leave this hour out on that day: choose another."))
        elif instant <= self._now:
            self.add_error("day", _("That is over: choose a later day, or “At once”."))
        elif instant > self._now + MOST:
            self.add_error("day", _("Choose a day within a year."))
        found["sign_after"] = instant
