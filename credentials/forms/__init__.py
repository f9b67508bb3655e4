"""What may come through the doors: something to verify, a decision, a key, a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from credentials.core import sheets
from credentials.forms import dates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.core.files.uploadedfile import UploadedFile

    from issuers.models import SigningKey

# A badge image is rarely above 1 MB; a document never above 256 kB. The page states the limit.
MAX_UPLOAD_BYTES = 10_000_000
# The body holds the file and the other fields, and what multipart puts around them.
MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 1_000_000
# Letters of a key's name that are typed to confirm.
TYPED = 8
# A token of the largest document is a third longer than it.
MAX_PASTED_CHARACTERS = 360_000
# What a badge is called in its address.
_NUMBER = re.compile(r"[A-Za-z0-9_-]{22}")


class VerifyForm(forms.Form):
    """One of three ways to hand over a badge, and, if the reader likes, whom it should be about."""

    address = forms.CharField(
        label=_("Link to the badge, or its number"), required=False, max_length=2000
    )
    file = forms.FileField(label=_("Badge file"), required=False, max_length=255)
    document = forms.CharField(
        label=_("Text of the badge"),
        required=False,
        max_length=MAX_PASTED_CHARACTERS,
        strip=True,
    )
    name = forms.CharField(label=_("Their name"), required=False, max_length=200)
    email = forms.CharField(label=_("Their e-mail address"), required=False, max_length=254)

    def clean_file(self) -> UploadedFile[Any] | None:
        """Refuse a file that is too large before anybody reads it."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MAX_UPLOAD_BYTES:
            raise ValidationError(
                _(
                    "This file is larger than 10 MB. Give the badge itself: a PNG image or a JSON "
                    "file."
                )
            )
        return file

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of the three ways."""
        cleaned = super().clean() or self.cleaned_data
        given = [name for name in ("address", "file", "document") if cleaned.get(name)]
        if not given and not self.errors:
            raise ValidationError(_("Give a link, a file or the text of a badge."))
        if len(given) > 1:
            raise ValidationError(
                _("Give one of the three only: a link, a file or the text of a badge.")
            )
        return cleaned

    def clean_address(self) -> str:
        """Take the number of a badge for the address of its page: profiles elsewhere name it."""
        given = str(self.cleaned_data["address"]).strip()
        return f"{settings.PUBLIC_URL}/credentials/{given}" if _NUMBER.fullmatch(given) else given

    def data_given(self) -> bytes:
        """Return the file or the pasted text; nothing where it is a link."""
        file = self.cleaned_data["file"]
        if file is not None:
            file.seek(0)
            return bytes(file.read())
        return str(self.cleaned_data["document"]).encode(errors="surrogatepass")

    def identity(self) -> tuple[tuple[str, str], ...]:
        """Return whom the badge should be about, as pairs of identity type and value."""
        pairs = (("name", self.cleaned_data["name"]), ("emailAddress", self.cleaned_data["email"]))
        return tuple((kind, value) for kind, value in pairs if value)


class ReturnForm(forms.Form):
    """What is wrong about awards that somebody prepared."""

    reason = forms.CharField(
        label=_("What is to be changed"), max_length=300, widget=forms.Textarea(attrs={"rows": 4})
    )


class TheftForm(forms.Form):
    """Since when somebody else may have had a key."""

    since = forms.DateTimeField(
        label=_("Since when may somebody else have had it? (UTC)"),
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": "1"}
        ),
    )

    def __init__(self, data: Any, *, key: SigningKey, now: datetime) -> None:
        super().__init__(data, initial={"since": now})
        self._key, self._now = key, now

    def clean_since(self) -> datetime:
        """Refuse a time at which the key cannot have been stolen."""
        since: datetime = self.cleaned_data["since"]
        if since == self._key.valid_from.replace(microsecond=0):
            return self._key.valid_from  # a form knows whole seconds only
        if since < self._key.valid_from:
            raise ValidationError(_("The key was not made yet then."))
        if since > self._now:
            raise ValidationError(_("This is yet to come."))
        return since


class ConfirmationForm(forms.Form):
    """The end of a key's name, typed from the page, so that nothing grave is done by a slip."""

    typed = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, data: Any, *, kid: str) -> None:
        super().__init__(data)
        self._word = kid[-TYPED:]
        self.fields["typed"].label = _("To confirm, type the end of its name: %(word)s") % {
            "word": self._word
        }

    def clean_typed(self) -> str:
        """Refuse anything else."""
        typed = str(self.cleaned_data["typed"])
        if typed != self._word:
            raise ValidationError(_("This is not the end of its name."))
        return typed


class BadgeForm(forms.Form):
    """Which badge; those that can be issued are given when it is made."""

    badge = forms.ChoiceField(label=_("Badge"))

    def __init__(self, *given: Any, badges: Sequence[tuple[str, str]], **more: Any) -> None:
        """Offer these badges."""
        super().__init__(*given, **more)
        offered: Any = self.fields["badge"]
        offered.choices = badges


class ListForm(BadgeForm):
    """A list of learners, and the badge that they earned."""

    file = forms.FileField(
        label=_("Your list"),
        max_length=255,
        help_text=_("XLSX or CSV, at most 10 MB and 20,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xlsm,.txt,.tsv"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse a file that is too large before anybody reads it."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > sheets.MAX_BYTES:
            raise ValidationError(_("This file is larger than 10 MB: divide the list."))
        return file


class LearnerForm(BadgeForm):
    """One learner, and the badge that they earned."""

    name = forms.CharField(label=_("First and last name"), max_length=200)
    email = forms.CharField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput())
    language = forms.ChoiceField(
        label=_("Language of the learner"), choices=[("fr", _("French")), ("en", _("English"))]
    )
    day = dates.day(label=_("Earned on"))
    until = dates.day(
        label=_("Valid until"), required=False, help_text=_("Empty: as the badge says.")
    )
    reference = forms.CharField(
        label=_("Your reference"),
        required=False,
        max_length=100,
        help_text=_("The same reference again issues nothing."),
    )


class ChosenForm(BadgeForm):
    """Learners who are here already, and the badge that they earned, too."""

    day = dates.day(label=_("Earned on"))
    until = dates.day(
        label=_("Valid until"), required=False, help_text=_("Empty: as the badge says.")
    )


class ColumnsForm(forms.Form):
    """What the columns of a list mean, and what counts for rows that say nothing."""

    order = forms.ChoiceField(
        label=_("03/04/2026 in this list is"),
        required=False,
        choices=[("dmy", _("3 April 2026")), ("mdy", _("4 March 2026"))],
        widget=forms.RadioSelect,
    )
    day = dates.day(
        label=_("Earned on"),
        help_text=_("For rows that say no day. It is the first day of validity."),
    )
    until = dates.day(
        label=_("Valid until"),
        required=False,
        help_text=_("For rows that say no end. Empty: as the badge says."),
    )
    rename = forms.BooleanField(
        label=_("Learners who are here under another name take the name in this list"),
        required=False,
    )

    def __init__(
        self, *given: Any, headings: Sequence[str], fields: Mapping[str, Any], **more: Any
    ) -> None:
        """Ask what each of these columns is, one of these fields."""
        super().__init__(*given, **more)
        for at, heading in enumerate(headings):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=heading, required=False, choices=[("", _("Leave out")), *fields.items()]
            )

    def columns(self) -> dict[str, int]:
        """Return, by field, the place of its column."""
        said = self.cleaned_data
        names = (name for name in self.fields if name.startswith("column_"))
        return {said[name]: int(name.removeprefix("column_")) for name in names if said.get(name)}

    def clean(self) -> dict[str, Any]:
        """Ask for an address, for a name, and for each field once."""
        cleaned = super().clean() or self.cleaned_data
        chosen = [value for name, value in cleaned.items() if name.startswith("column_") and value]
        if "email" not in chosen:
            raise ValidationError(_("Say which column holds the e-mail addresses."))
        if not {"name", "last_name", "first_name"} & set(chosen):
            raise ValidationError(_("Say which column holds the names."))
        if "name" in chosen and {"last_name", "first_name"} & set(chosen):
            raise ValidationError(_("Names are in one column, or in two: leave the others out."))
        twice = {value for value in chosen if chosen.count(value) > 1}
        if twice:
            raise ValidationError(_("Two columns are said to be the same: leave one of them out."))
        return cleaned
