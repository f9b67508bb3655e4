"""What to look for among credentials: all of it in the address, so it can be kept and sent on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# In the order of what a person looks for most.
STATES = [
    ("", _("any state")),
    ("valid", _("valid")),
    ("expired", _("expired")),
    ("suspended", _("suspended")),
    ("revoked", _("revoked")),
    ("due", _("waiting to be signed")),
    ("held", _("waiting for approval")),
    ("refused", _("could not be signed")),
]


class LookForm(forms.Form):
    """Filters; one that cannot be read is left out and told, and the others count."""

    words = forms.CharField(
        label=_("Name, address or reference"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("how it begins")}),
    )
    badge = forms.ChoiceField(label=_("Badge"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    since = forms.DateField(
        label=_("Issued from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Issued until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    # Chosen by a link, not in the form.
    learner = forms.UUIDField(required=False, widget=forms.HiddenInput)
    list = forms.UUIDField(required=False, widget=forms.HiddenInput)
    session = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, badges: Sequence[tuple[str, str]]) -> None:
        """Offer these badges, each with its uuid."""
        super().__init__(data)
        offered: Any = self.fields["badge"]
        offered.choices = [("", _("any badge")), *badges]
        self.is_valid()

    def text(self, name: str) -> str:
        """Return what was asked for, where it can be read."""
        return str(self.cleaned_data.get(name) or "")

    def uuid(self, name: str) -> UUID | None:
        """Return what was chosen by a link."""
        found = self.cleaned_data.get(name)
        return found if isinstance(found, UUID) else None

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Return from when on, and before when."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        # On the last day that there is, nothing is later.
        day_after = until + timedelta(days=1) if until and until < date.max else None
        return _midnight(since), _midnight(day_after)

    def place(self, name: str) -> int | None:
        """Return the key that a page begins at; None for the first one."""
        text = str(self.data.get(name, ""))
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - bigint

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything is looked for."""
        return any(self.data.get(name) for name in self.fields)

    def query(self) -> dict[str, str]:
        """Return the filters as they stand in an address."""
        given = {name: str(self.data.get(name, "")).strip() for name in self.fields}
        return {name: value for name, value in given.items() if value}

    def address(self, **more: int | str | None) -> str:
        """Return the question of an address that looks for the same, with `more` in it."""
        aside = {name: str(self.data[name]) for name in ("lang",) if name in self.data}
        said = {name: str(value) for name, value in more.items() if value is not None}
        members: Mapping[str, str] = self.query() | aside | said
        return "?" + urlencode(members)


class KeepForm(forms.Form):
    """A name for what is looked for."""

    name = forms.CharField(
        label=_("Name of the view"), max_length=60, help_text=_("For everybody who works here.")
    )


class SearchForm(forms.Form):
    """Words by which anything of an organisation may be found."""

    words = forms.CharField(required=False, max_length=400, strip=True)


class WithdrawForm(forms.Form):
    """Why a credential stands no more, or stands again: in public words, and in one's own."""

    reason = forms.CharField(
        label=_("Public reason"),
        max_length=300,
        help_text=_("Anybody who has the link reads it: write nothing about the person."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label=_("Private note"),
        required=False,
        max_length=300,
        help_text=_("For your organisation alone, in the history."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    tells = forms.BooleanField(
        label=_("Tell the learner by e-mail, with the public reason"), required=False
    )

    def __init__(
        self,
        data: Any,
        *,
        needs_reason: bool = True,
        typed: int | None = None,
        tells: bool = True,
    ) -> None:
        """Ask for a reason, or let it be left out; and to type a number, where one is given."""
        super().__init__(data, initial={"tells": tells})
        self.fields["reason"].required = needs_reason
        self._number = typed
        if typed is not None:
            self.fields["typed"] = forms.CharField(
                label=_("Type %(number)d to confirm") % {"number": typed},
                max_length=12,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Compare what was typed; spaces and commas within it do not count."""
        said = super().clean() or self.cleaned_data
        typed = "".join(filter(str.isdigit, said.get("typed", "")))
        if "typed" in said and typed != str(self._number):
            self.add_error("typed", _("Type the number of badges as it stands above."))
        return said


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else timezone.make_aware(datetime.combine(day, time.min))
