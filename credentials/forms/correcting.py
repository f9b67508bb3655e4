"""What a badge should have said: everything that can be corrected, as it is now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.core.parts import MAX_TEXT
from credentials.forms import dates
from credentials.services import Wording, starts_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from badges.core.results import ResultDescription

# Members of an award that are text, and what they are called.
TEXTS = {
    "narrative": _("How it was earned"),
    "role": _("Role"),
    "term": _("Term"),
    "license_number": _("Licence number"),
}
# How a field is called that is about a result, before the key of the result.
_RESULT = "result_"


# What is said about the correction, and not in it.
_ASIDE = frozenset({"reason", "note", "tells"})


class CorrectForm(forms.Form):
    """What one badge says, to be put right, and why."""

    name = forms.CharField(label=_("First and last name"), max_length=200)
    day = dates.day(label=_("Earned on"))
    until = dates.day(
        label=_("Valid until"), required=False, help_text=_("Empty: as the badge says.")
    )

    def __init__(
        self, data: Any, *, says: Wording, descriptions: Sequence[ResultDescription], tells: bool
    ) -> None:
        """Begin with what it says now.

        Args:
            data: What was sent.
            says: What the badge says.
            descriptions: The results that it can have.
            tells: Whether its learner was told of it by e-mail.
        """
        self._says = says
        told = says.details
        begin: dict[str, Any] = {
            "name": says.name,
            "day": says.valid_from.astimezone(UTC).date(),
            "until": says.valid_until.astimezone(UTC).date() if says.valid_until else None,
            "credits_earned": told.get("credits_earned"),
            "tells": tells,
            **{name: told.get(name, "") for name in TEXTS},
        }
        results = {each["result"]: each for each in told.get("results", ())}
        self._results: dict[str, bool] = {}
        fields: dict[str, forms.Field] = {}
        for described in descriptions:
            key = described.id.partition("#")[2]
            has_levels = bool(described.rubric_levels)
            self._results[key] = has_levels
            fields[_RESULT + key] = _result_field(described)
            begin[_RESULT + key] = results.get(key, {}).get("level" if has_levels else "value", "")
        super().__init__(data, initial=begin)
        self.fields |= fields
        self.fields["credits_earned"] = forms.FloatField(
            label=_("Credits earned"), required=False, min_value=0
        )
        for name, label in TEXTS.items():
            widget = forms.Textarea(attrs={"rows": 3}) if name == "narrative" else None
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=MAX_TEXT, widget=widget
            )
        self.fields["reason"] = forms.CharField(
            label=_("Public reason"),
            max_length=300,
            help_text=_(
                "It stands on the page of the badge that is replaced, such as “The name was "
                "misspelt”. Write nothing about the person."
            ),
        )
        self.fields["note"] = forms.CharField(
            label=_("Private note"),
            required=False,
            max_length=300,
            help_text=_("For your organisation alone, in the history."),
        )
        self.fields["tells"] = forms.BooleanField(
            label=_("Tell the learner of the new one by e-mail, with the public reason"),
            required=False,
        )

    def foremost(self) -> list[forms.BoundField]:
        """Return the fields of what is wrong most often."""
        aside = {*self._more(), *_ASIDE}
        return [self[name] for name in self.fields if name not in aside]

    def more(self) -> list[forms.BoundField]:
        """Return the fields of what few badges say."""
        return [self[name] for name in self._more()]

    def why(self) -> list[forms.BoundField]:
        """Return the fields of the reasons."""
        return [self["reason"], self["note"]]

    def says_more(self) -> bool:
        """Say whether any of what few badges say is said, or was refused."""
        return any(each.value() or each.errors for each in self.more())

    def _more(self) -> tuple[str, ...]:
        return ("credits_earned", *TEXTS)

    def instead(self) -> Wording:
        """Return what it should say; what nobody touched stays as it was, to the second."""
        said, says = self.cleaned_data, self._says
        return replace(
            says,
            name=said["name"],
            valid_from=_instant(said["day"], says.valid_from) or says.valid_from,
            valid_until=_instant(said["until"], says.valid_until),
            details=self._details(),
        )

    def _details(self) -> Mapping[str, Any]:
        said = self.cleaned_data
        told = {**self._says.details, "credits_earned": said["credits_earned"]}
        told |= {name: said[name] for name in TEXTS}
        if "day" in self.changed_data:
            told.pop("awarded_at", None)  # the day that is put right is the one that is told
        before = {each["result"]: each for each in told.get("results", ())}
        for key, has_levels in self._results.items():
            member, value = "level" if has_levels else "value", said[_RESULT + key]
            result = {**before.get(key, {"result": key}), member: value}
            before[key] = {name: given for name, given in result.items() if given}
        told["results"] = [
            each for each in before.values() if each.keys() & {"value", "level", "status"}
        ]
        return {name: value for name, value in told.items() if value not in (None, "", [])}

    def changes(self) -> list[tuple[Any, Any, Any]]:
        """Return what is otherwise now: label, before, after."""
        return [
            (field.label, self._shown(name, field.initial), self._shown(name, field.value()))
            for name in self.fields
            if (field := self[name]) and name in self._touched()
        ]

    def _touched(self) -> set[str]:
        return {name for name in self.changed_data if name not in _ASIDE}

    def _shown(self, name: str, value: Any) -> Any:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return dict(field.choices).get(value, value)  # type: ignore[arg-type]
        if isinstance(field, forms.DateField):
            return field.to_python(value)
        return value


def _result_field(described: ResultDescription) -> forms.Field:
    if described.rubric_levels:
        levels = [(each.id.rpartition("/")[2], each.name) for each in described.rubric_levels]
        choices = [("", "—"), *levels]
        return forms.ChoiceField(label=described.name, required=False, choices=choices)
    if described.allowed_values:
        values = [("", "—"), *((each, each) for each in described.allowed_values)]
        return forms.ChoiceField(label=described.name, required=False, choices=values)
    return forms.CharField(label=described.name, required=False, max_length=200)


def _instant(day: date | None, before: datetime | None) -> datetime | None:
    """Return the first instant of a day, or what it was before where the day is the same."""
    if day is not None and before is not None and before.astimezone(UTC).date() == day:
        return before
    return starts_at(day)


class AddressForm(forms.Form):
    """The address that a learner has from now on."""

    email = forms.CharField(
        label=_("New e-mail address"), max_length=254, widget=forms.EmailInput()
    )
    again = forms.BooleanField(
        label=_("Send what did not arrive to the new address"), required=False, initial=True
    )
