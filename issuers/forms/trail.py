"""What somebody may look for in the audit trail: all of it in the address, so it can be kept."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from issuers.selectors import Search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BIGGEST = 2**63 - 1
PROGRAMS = "0"


class TrailForm(forms.Form):
    """Filters; one that cannot be read is left out and told, and the others count."""

    subject = forms.ChoiceField(label=_("What"), required=False)
    act = forms.ChoiceField(
        label=_("How"),
        required=False,
        choices=[
            ("", _("anyhow")),
            ("added", _("added")),
            ("changed", _("changed")),
            ("removed", _("removed")),
        ],
    )
    who = forms.ChoiceField(label=_("Who"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    row = forms.IntegerField(
        label=_("Number of a row"), required=False, min_value=1, max_value=BIGGEST
    )

    def __init__(
        self,
        data: Any,
        *,
        people: Mapping[int, str],
        subjects: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        self.fields["subject"].choices = [  # type: ignore[attr-defined]
            ("", _("everything")),
            *subjects,
        ]
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("", _("anybody")),
            *((str(number), name) for number, name in people.items()),
            (PROGRAMS, _("a program")),
        ]

    def search(self) -> Search:
        """Return what is looked for."""
        self.is_valid()
        found = self.cleaned_data
        until = found.get("until")
        return Search(
            subject=found.get("subject") or "",
            row=found.get("row"),
            act=found.get("act") or "",
            user_id=int(found["who"]) if found.get("who") else None,
            since=_midnight(found.get("since")),
            # On the last day that there is, nothing is later.
            until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
        )

    def before(self) -> int | None:
        """Return the number that the page ends before; None on the first one."""
        text = str(self.data.get("before", ""))
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - bigint

    def address(self, *, before: int | None = None) -> str:
        """Return the question of an address that looks for the same."""
        given = {name: str(self.data.get(name, "")) for name in self.fields}
        if before is not None:
            given["before"] = str(before)
        if "lang" in self.data:
            given["lang"] = str(self.data["lang"])
        return "?" + urlencode({name: value for name, value in given.items() if value})


def _midnight(day: Any) -> datetime | None:
    return None if day is None else timezone.make_aware(datetime.combine(day, time.min))
