"""Of which badges and which days figures are asked for: all of it in the address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

YEAR = timedelta(days=365)
_EARLIEST = date(2000, 1, 1)


class FiguresForm(forms.Form):
    """Filters; one that cannot be read is left out and told, and the others count."""

    badge = forms.ChoiceField(label=_("Badge"), required=False)
    session = forms.ChoiceField(label=_("Session"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self,
        data: Any,
        *,
        badges: Sequence[tuple[str, str]],
        sessions: Sequence[tuple[str, str]],
        today: date,
    ) -> None:
        """Offer these badges and sessions; ask for the last year where no day is said."""
        shown = {"until": today.isoformat(), "since": (today - YEAR).isoformat()}
        super().__init__(shown | {name: value for name, value in data.items() if value})
        self._today = today
        offered: Any = self.fields["badge"]
        offered.choices = [("", _("all badges")), *badges]
        if sessions:
            among: Any = self.fields["session"]
            among.choices = [("", _("all sessions")), *sessions]
        else:
            del self.fields["session"]
        self.is_valid()

    def clean(self) -> dict[str, Any]:
        """Refuse days that end before they begin."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one: exchange the two."))
        return found

    @property
    def chosen(self) -> str:
        """Return the short name of the badge that was chosen; empty for all."""
        return str(self.cleaned_data.get("badge") or "")

    def span(self) -> tuple[date, date]:
        """Return the first day, and the last one."""
        until = self.cleaned_data.get("until") or self._today
        until = min(max(until, _EARLIEST), self._today)  # of what is to come nothing is known
        since = self.cleaned_data.get("since") or until - YEAR
        return min(since, until), until

    def address(self, **more: str) -> str:
        """Return the question of an address that asks for the same, with `more` in it."""
        names = (*self.fields, "lang")
        given: Mapping[str, str] = {
            name: str(self.data[name]) for name in names if self.data.get(name)
        }
        return "?" + urlencode({**given, **more})
