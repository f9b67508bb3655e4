"""What may come through the doors to a new organisation; the service judges each value."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from issuers.services import KINDS

# What a door says when the mail server does not take the link.
NOT_SENT = _("The e-mail could not be sent. Please try again in a while.")


class FoundingForm(forms.Form):
    """Which organisation, and whose it is to be."""

    name = forms.CharField(
        label=_("Name of the organisation"), max_length=200, help_text=_("As people know you.")
    )
    slug = forms.CharField(
        label=_("Short name in addresses"),
        max_length=60,
        required=False,
        help_text=_("It never changes. Empty: made of the name."),
    )
    kind = forms.ChoiceField(
        label=_("Kind of organisation"), choices=[("", _("Not said")), *KINDS], required=False
    )
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        required=False,
        help_text=_("Its two letters, such as FR or CA."),
    )
    language = forms.ChoiceField(label=_("Language of your texts"), choices=settings.LANGUAGES)
    email = forms.CharField(
        label=_("E-mail address of the first administrator"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"language": get_language(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
