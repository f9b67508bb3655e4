"""How people sign in here: what allauth asks of an installation, and our answers.

Accounts are made by invitation, or by an organisation's identity provider for its own people. A
session that a provider opened is for that organisation's console and nothing else: neither for the
person's other organisations, nor for the keys of their account.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from issuers import selectors, services
from issuers.selectors.providers import IdentityProvider
from issuers.services import enclosing, sessions

OIDC, SAML = "openid_connect", "saml"
# What a session that a provider opened may ask of an account: to leave, and to come again.
OPEN_TO_PROVIDERS = {
    "account_logout", "account_login", "account_inactive", "mfa_authenticate",
    "provider-oidc-login", "provider-oidc-callback", "saml_login", "provider-saml-answer",
    "provider-saml-finish", "saml_metadata",
}  # fmt: skip
# In which attribute a provider writes an e-mail address: by its name, its OID, and Microsoft's.
ATTRIBUTES = {
    "uid": [
        "urn:oasis:names:tc:SAML:attribute:subject-id",
        "urn:oasis:names:tc:SAML:attribute:pairwise-id",
    ],
    "email": [
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "mail",
        "email",
    ],
    "name": ["urn:oid:2.16.840.1.113730.3.1.241", "displayName", "name"],
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # it has no types
    """Accounts are made by invitation, or by an organisation's identity provider."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let nobody make an account on their own."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Say what an e-mail is about, and not which host was asked."""
        return subject


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # it has no types
    """Keeps the secrets of second factors encrypted."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return enclosing.enclose_text(text, about="acquis/second-factor/1")

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt what `encrypt` returned."""
        return enclosing.disclose_text(encrypted_text, about="acquis/second-factor/1")


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # it has no types
    """The identity providers of organisations, and whom they may send."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the provider of that key; never all, which would tell who our organisations are.

        allauth asks for SAML by a client id and for OpenID Connect by a provider id: both are the
        key.
        """
        is_saml = provider == SAML
        key = client_id if is_saml else provider
        found = selectors.find_provider(key=key) if key else None
        if found is None or is_saml != (found.kind == found.Kind.SAML):
            return []  # at an address of the other kind there is nothing
        return [_app(found)]

    def get_requests_session(self) -> Any:
        """Return the one way out that this program has."""
        return services.provider_session()

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide whether whom a provider sends may come in, and as whom."""
        account = sociallogin.account
        if sociallogin.state.get("process") != "login":
            raise ImmediateHttpResponse(refused(request, "process"))
        try:
            user = services.arrive(
                key=account.provider,
                email=_address(sociallogin),
                name=sociallogin.user.name or "",
                known=sociallogin.user if account.pk else None,
                now=timezone.now(),
            )
        except services.NotAdmitted as refusal:
            raise ImmediateHttpResponse(refused(request, refusal.why)) from refusal
        # What the provider said is not ours to keep.
        account.user, account.extra_data = user, {}
        account.save()
        sociallogin.user = user

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> Any:
        """Take the name in one piece; the address is judged apart."""
        user = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        said = data.get("name") or " ".join(str(part) for part in parts if part)
        user.name = str(said or "")[:200]
        return user


class ProviderSessions:
    """Middleware: keeps a session that a provider opened away from the account's own keys.

    Whoever runs the provider can open such a session for each of its people. They may not add a
    passkey with it, nor change the address, and so come by what else the person has here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse what belongs to the account."""
        match = request.resolver_match
        if match is None or not request.path.startswith(reverse("account_login")[: -len("login/")]):
            return None
        if match.url_name in OPEN_TO_PROVIDERS or sessions.provider_of(request.session) is None:
            return None
        return render(request, "console/through_provider.html", status=403)


def refused(request: HttpRequest, why: str) -> HttpResponse:
    """Say why somebody who came through an identity provider may not come in."""
    return render(request, "console/not_admitted.html", {"why": why}, status=403)


def _address(sociallogin: SocialLogin) -> str:
    """Return the address that a provider asserts; none where it says itself that it is not sure."""
    said = [each for each in sociallogin.email_addresses if each.email]
    claims = sociallogin.account.extra_data
    claims = claims.get("id_token", claims) if isinstance(claims, dict) else {}
    if not said or claims.get("email_verified") is False:
        return ""
    return str(said[0].email)


def _app(row: IdentityProvider) -> SocialApp:
    """Return a provider as allauth wants it; it is not stored."""
    if row.kind == row.Kind.OIDC:
        return SocialApp(
            provider=OIDC,
            provider_id=row.key,
            name=row.name,
            client_id=row.identifier,
            secret=services.provider_secret(provider=row),
            settings={"server_url": row.url, "oauth_pkce_enabled": True},
        )
    return SocialApp(
        provider=SAML,
        provider_id=row.key,
        name=row.name,
        client_id=row.key,
        settings={
            "idp": {"entity_id": row.identifier, "sso_url": row.url, "x509cert": row.certificate},
            "attribute_mapping": ATTRIBUTES,
            "advanced": {
                "allow_single_label_domains": True,  # a development machine is one
                "reject_idp_initiated_sso": True,
                "strict": True,
                "want_assertion_signed": True,
            },
        },
    )
