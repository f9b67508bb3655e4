"""What may come through the doors of the console, and through that of signing in."""

from issuers.forms.founding import NOT_SENT, FoundingForm
from issuers.forms.organisation import DomainForm, UnitForm
from issuers.forms.people import (
    PROVIDER_FORMS,
    CodeForm,
    InvitationForm,
    NameForm,
    ProviderForm,
    RoleForm,
    SignInForm,
    SwitchForm,
)
from issuers.forms.trail import TrailForm

__all__ = [
    "NOT_SENT", "PROVIDER_FORMS", "CodeForm", "DomainForm", "FoundingForm", "InvitationForm",
    "NameForm", "ProviderForm", "RoleForm", "SignInForm", "SwitchForm", "TrailForm", "UnitForm",
]  # fmt: skip
