"""How people sign in here: what allauth asks of an installation, and our answers."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # it has no types
    """Accounts are made by invitation, or by an organisation's identity provider."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let nobody make an account on their own."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Say what an e-mail is about, and not which host was asked."""
        return subject
