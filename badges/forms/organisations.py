"""What may come through the doors of the console about an organisation and its partnerships."""

# ruff: noqa: RUF001 - text for people is typeset

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from badges.core import pictures
from issuers import services as parties

# Those that organisations here are likely to teach in; others are kept where they are.
LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt", "ar", "pl", "ro")


class OrganisationForm(forms.Form):
    """What an organisation says of itself; the service judges each value."""

    # Wanted, which the service says together with whatever else is wrong.
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("As people know you."),
        widget=forms.TextInput(attrs={"required": True}),
    )
    legal_name = forms.CharField(label=_("Legal name"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of organisation"),
        choices=[("", _("Not said")), *parties.KINDS],
        required=False,
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One short paragraph."),
    )
    url = forms.CharField(label=_("Website"), max_length=200, required=False)
    email = forms.CharField(label=_("Contact e-mail"), max_length=254, required=False)
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        required=False,
        help_text=_("Its two letters, such as FR or CA."),
    )
    region = forms.CharField(label=_("Region or province"), max_length=100, required=False)
    siret = forms.CharField(
        label="SIRET", max_length=30, required=False, help_text=_("In France: 14 digits.")
    )
    registration = forms.CharField(
        label=_("Another registration number"),
        max_length=100,
        required=False,
        help_text=_("With the name of the register, such as NEQ 1141234567."),
    )
    declaration = forms.CharField(
        label=_("Declaration of activity"),
        max_length=30,
        required=False,
        help_text=_("Of training organisations in France: 11 digits."),
    )
    qualiopi = forms.MultipleChoiceField(
        label=_("Certified Qualiopi for"),
        choices=list(parties.QUALIOPI.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=_("Language of your texts"),
        choices=[(code, get_language_info(code)["name_local"]) for code in ("fr", "en")],
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you work in"),
        choices=[(code, get_language_info(code)["name_local"]) for code in LANGUAGES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    colour = forms.CharField(
        label=_("Colour"),
        max_length=20,
        required=False,
        help_text=_("Six digits, such as #1d4f91, dark enough for white text."),
    )
    linkedin_id = forms.CharField(
        label=_("Number of your page on LinkedIn"),
        max_length=40,
        required=False,
        help_text=_("The digits in the address of the page’s administration."),
    )
    logo = forms.FileField(label=_("Logo"), required=False, help_text=_("A PNG of at most 2 MB."))
    is_logo_dropped = forms.BooleanField(label=_("Remove the logo"), required=False)

    def __init__(self, *args: Any, issuer: Any, **kwargs: Any) -> None:
        """Show what is said today."""
        kwargs["initial"] = {
            each: getattr(issuer, each)
            for each in self.base_fields
            if each not in {"logo", "is_logo_dropped"}
        }
        super().__init__(*args, **kwargs)
        for name, held in (("languages", issuer.languages), ("language", [issuer.language])):
            field: Any = self.fields[name]
            known = [*field.choices]
            field.choices = [*known, *((each, each) for each in held if each not in dict(known))]
        if issuer.logo is None:
            del self.fields["is_logo_dropped"]

    def clean_logo(self) -> bytes | None:
        """Read the upload within its bound."""
        file = self.cleaned_data["logo"]
        if file is None:
            return None
        if file.size > pictures.MAX_BYTES:
            raise ValidationError(_("This file is too large: a PNG of at most 2 MB is wanted."))
        return bytes(file.read(pictures.MAX_BYTES + 1))


class PartnershipForm(forms.Form):
    """With whom, for what, and when."""

    partner = forms.CharField(
        label=_("Training organisation"),
        max_length=200,
        help_text=_("Its short name here, or the address of its page."),
    )
    named = forms.MultipleChoiceField(
        label=_("What it may issue badges for"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    start_date = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    end_date = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until one of you ends it."),
    )
    agreement = forms.CharField(
        label=_("Reference of the agreement"), max_length=100, required=False
    )

    def __init__(self, *args: Any, blocks: Any, achievements: Any, **kwargs: Any) -> None:
        """Offer the blocks and the published badges of who certifies."""
        super().__init__(*args, **kwargs)
        self._blocks = {f"block-{each.pk}": each for each in blocks}
        self._achievements = {f"badge-{each.uuid}": each for each in achievements}
        offered: Any = self.fields["named"]
        offered.choices = [
            *((key, f"{each.code} {each.title}") for key, each in self._blocks.items()),
            *((key, each.name) for key, each in self._achievements.items()),
        ]

    def clean_partner(self) -> str:
        """Read a short name, or the address of a page, which ends with it."""
        return str(self.cleaned_data["partner"]).strip().rstrip("/").rpartition("/")[2]

    def values(self) -> dict[str, Any]:
        """Return what the service takes, without the partner."""
        named = self.cleaned_data["named"]
        return {
            "blocks": [self._blocks[key] for key in named if key in self._blocks],
            "achievements": [self._achievements[key] for key in named if key in self._achievements],
            "start_date": self.cleaned_data["start_date"],
            "end_date": self.cleaned_data["end_date"],
            "agreement": self.cleaned_data["agreement"],
        }
