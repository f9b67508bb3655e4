"""What may come through the doors of /verify, and of the keys in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
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


class VerifyForm(forms.Form):
    """One of three ways to hand over a badge, and, if the reader likes, whom it should be about."""

    address = forms.CharField(label=_("Link to the badge"), required=False, max_length=2000)
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
