"""What comes through the doors of a wallet: an address, its code, what a badge is to show."""

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.selectors.holding.privacy import Privacy, Shown


class WalletAddressForm(forms.Form):
    """The address to which badges were sent."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The one to which your badge was sent."),
    )


class CodeForm(forms.Form):
    """Eight digits, as they come from an e-mail."""

    code = forms.CharField(
        label=_("The code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
        help_text=_("Eight digits."),
    )


class PrivacyForm(forms.Form):
    """Who may read the page of a badge, and what it says of its holder."""

    privacy = forms.ChoiceField(
        label=_("Who may read the page"),
        widget=forms.RadioSelect,
        choices=[
            (Privacy.UNLISTED, _("Whoever has the link. Search engines are told to pass by.")),
            (Privacy.PUBLISHED, _("Everybody: search engines may list it.")),
            (Privacy.HIDDEN, _("Nobody: the page says only that you keep the badge private.")),
        ],
    )
    name = forms.BooleanField(label=_("Show my name"), required=False)
    evidence = forms.BooleanField(label=_("Show what it rests on (evidence)"), required=False)
    results = forms.BooleanField(label=_("Show my results (grades)"), required=False)

    @classmethod
    def saying(cls, shown: Shown) -> dict[str, object]:
        """Return what the form begins with."""
        return {name: getattr(shown, name) for name in cls.base_fields}

    def shown(self) -> Shown:
        """Return what was chosen."""
        return Shown(**self.cleaned_data)
