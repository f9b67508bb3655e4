"""What may come through the doors of the console, and through that of signing in."""

from issuers.forms.organisation import DomainForm, UnitForm
from issuers.forms.people import CodeForm, InvitationForm, RoleForm, SignInForm

__all__ = ["CodeForm", "DomainForm", "InvitationForm", "RoleForm", "SignInForm", "UnitForm"]
