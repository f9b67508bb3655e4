"""What may come through the doors of the console about people, and through that of signing in."""

from typing import Any

from allauth.account.forms import LoginForm, RequestLoginCodeForm
from allauth.account.internal.flows.manage_email import sync_user_email_address
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from issuers.selectors.members import ROLES


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc] # it has no types
    """Asks for a code; whoever was made without signing up has their address noted first."""

    def clean(self) -> Any:
        """Note the address of the account, so that the code proves it."""
        cleaned = super().clean()
        user = getattr(self, "_user", None)  # not there where the address is malformed
        if user is not None:
            sync_user_email_address(user)
        return cleaned


class SignInForm(LoginForm):  # type: ignore[misc] # it has no types
    """An e-mail address is enough: without a password, a code is sent there."""

    def _setup_password_field(self) -> None:
        self.fields["login"].label = _("E-mail address")
        password = self.fields["password"]
        password.required = False
        password.label = _("Password, if you have set one")
        password.help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def _clean_without_password(self, email: str | None, phone: str | None) -> Any:
        cleaned = super()._clean_without_password(email, phone)
        if self.user is not None:
            sync_user_email_address(self.user)
        return cleaned


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    language = forms.ChoiceField(label=_("Language of the e-mail"), choices=settings.LANGUAGES)


class NameForm(forms.Form):
    """How a person is called."""

    name = forms.CharField(
        label=_("Your name, as your colleagues see it"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class RoleForm(forms.Form):
    """Which role a member is to have."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)


class ProviderForm(forms.Form):
    """Whether a provider is in use, and who may join through it."""

    is_active = forms.BooleanField(label=_("In use"), required=False)
    just_in_time = forms.BooleanField(
        label=_("Whoever has one of our proven addresses there joins as a viewer"), required=False
    )


class OIDCForm(forms.Form):
    """An identity provider of OpenID Connect."""

    name = forms.CharField(label=_("Name on the button"), max_length=80)
    url = forms.URLField(
        label=_("Issuer address of the provider"),
        max_length=500,
        assume_scheme="https",
        help_text=_("As its discovery document says it, https://login.example.org, say."),
    )
    identifier = forms.CharField(label=_("Client ID"), max_length=500)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted, and never shown again."),
    )
    just_in_time = forms.BooleanField(
        label=_("Whoever has one of our proven addresses there joins as a viewer"), required=False
    )


class SAMLForm(forms.Form):
    """An identity provider of SAML 2.0."""

    name = forms.CharField(label=_("Name on the button"), max_length=80)
    url = forms.URLField(
        label=_("Sign-on address (HTTP-Redirect)"), max_length=500, assume_scheme="https"
    )
    identifier = forms.CharField(label=_("Entity ID of the provider"), max_length=500)
    certificate = forms.CharField(
        label=_("Certificate with which it signs assertions"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    just_in_time = forms.BooleanField(
        label=_("Whoever has one of our proven addresses there joins as a viewer"), required=False
    )


class SwitchForm(forms.Form):
    """What a page asked to switch, so that pressing its button twice does not switch it back."""

    wanted = forms.ChoiceField(choices=[("on", ""), ("off", "")], widget=forms.HiddenInput)

    @classmethod
    def to(cls, *, is_on: bool) -> "SwitchForm":
        """Return the one that a page shows."""
        return cls(initial={"wanted": "on" if is_on else "off"})

    @property
    def is_on(self) -> bool:
        """Say what is wanted; once it is known to be valid."""
        return bool(self.cleaned_data["wanted"] == "on")


PROVIDER_FORMS: dict[str, type[forms.Form]] = {"oidc": OIDCForm, "saml": SAMLForm}
