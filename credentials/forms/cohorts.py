"""A session of a training, as a person describes it; and which one a list is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.forms import dates

if TYPE_CHECKING:
    from collections.abc import Sequence


class CohortForm(forms.Form):
    """What a session is called, when and where it is."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Such as: Welding, evening course, spring.")
    )
    starts_on = dates.day(label=_("First day"), required=False)
    ends_on = dates.day(label=_("Last day"), required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)


class PlaceForm(forms.Form):
    """Which session a list is of: one that is there, a new one, or none."""

    cohort = forms.ChoiceField(
        label=_("Session"),
        required=False,
        help_text=_("A training with its dates: badges and figures can be looked at by session."),
    )
    new_cohort = forms.CharField(
        label=_("Or a new session"), max_length=120, required=False, help_text=_("Its name.")
    )

    def offer(self, cohorts: Sequence[tuple[str, str]]) -> None:
        """Offer these sessions, each with its uuid."""
        offered: Any = self.fields["cohort"]
        offered.choices = [("", _("no session")), *cohorts]

    def clean(self) -> dict[str, Any]:
        """Refuse two answers to one question."""
        found = super().clean() or {}
        if found.get("cohort") and found.get("new_cohort"):
            self.add_error("new_cohort", _("Choose a session or name a new one, not both."))
        return found
