"""What may come through the door where many badges are verified at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.core import piles

# A line of a list is at most as long as an address.
MAX_PASTED = piles.MAX_ENTRIES * 2_100


class ManyFilesField(forms.FileField):
    """Files, as many as a reader chooses at once."""

    widget = type(
        "ManyFilesInput", (forms.FileInput,), {"allow_multiple_selected": True}
    )  # fmt: skip

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each as one file would be."""
        one = super().clean
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        return [one(each, initial) for each in chosen]


class PileForm(forms.Form):
    """Files, or a list, or both."""

    badges = ManyFilesField(label=_("Files"), required=False, max_length=255)
    links = forms.CharField(
        label=_("Links or numbers, one on each line"),
        required=False,
        max_length=MAX_PASTED,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
