"""An organisation connects the identity provider that its people have accounts with."""

import re
import secrets
from datetime import datetime
from typing import Any

from cryptography import x509
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from issuers import models
from issuers.resolvers import providers
from issuers.services.enclosing import disclose, enclose

Kind = models.IdentityProvider.Kind
ProviderUnavailable = providers.ProviderUnavailable
# More would be a mistake, and each is a button on the sign-in page.
MAX_PROVIDERS = 5


@transaction.atomic
def connect_provider(
    *,
    issuer: models.Issuer,
    kind: str,
    name: str,
    url: str,
    identifier: str,
    now: datetime,
    secret: str = "",
    certificate: str = "",
    just_in_time: bool = False,
) -> models.IdentityProvider:
    """Let people of the issuer sign in through an identity provider of theirs.

    Args:
        issuer: Whose provider it is; it speaks for nobody else's people.
        kind: In the words of `IdentityProvider.Kind`.
        name: What the button says.
        url: OpenID Connect: the provider's issuer identifier; SAML: its sign-on address.
        identifier: OpenID Connect: our client id there; SAML: its entity id.
        now: The instant.
        secret: OpenID Connect: our client secret there.
        certificate: SAML: with which the provider signs, X.509 as PEM or its base64 alone.
        just_in_time: Whether people with an address that the issuer proved join as viewers.

    Raises:
        ValidationError: something is malformed or missing; names the field and the remedy.
    """
    if models.IdentityProvider.objects.of(issuer).count() >= MAX_PROVIDERS:
        raise ValidationError(_("Five identity providers are enough: remove one first."))
    key = secrets.token_hex(8)
    row = models.IdentityProvider(
        issuer=issuer, key=key, kind=kind, name=name.strip(), url=url.strip().rstrip("/"),
        identifier=identifier.strip(), just_in_time=just_in_time, created_at=now,
    )  # fmt: skip
    if kind == Kind.OIDC:
        if not secret.strip():
            raise ValidationError({"secret": _("Give the client secret of your provider.")})
        row.sealed_secret = enclose(secret.strip(), about=secret_context(key=key))
    else:
        row.certificate = _certificate(certificate)
    if not row.url.startswith("https://"):
        raise ValidationError({"url": _("Give an address that begins with https://.")})
    row.clean_fields(exclude=["issuer"])
    row.save(force_insert=True)
    return row


@transaction.atomic
def change_provider(
    *, issuer: models.Issuer, provider: models.IdentityProvider, **changes: Any
) -> None:
    """Put a provider in use or out of it, or let people join through it without an invitation.

    Args:
        issuer: Whose it is.
        provider: What is changed.
        changes: is_active, just_in_time.
    """
    allowed = {name: changes[name] for name in ("is_active", "just_in_time") if name in changes}
    models.IdentityProvider.objects.of(issuer).filter(pk=provider.pk).update(**allowed)


@transaction.atomic
def disconnect_provider(*, issuer: models.Issuer, provider: models.IdentityProvider) -> None:
    """Forget a provider; whoever came through it is out, and may still sign in with a code."""
    models.IdentityProvider.objects.of(issuer).filter(pk=provider.pk).delete()


def provider_secret(*, provider: models.IdentityProvider) -> str:
    """Return our secret at a provider, decrypted; empty where there is none.

    Raises:
        envelope.EnvelopeError: SECRET_KEY is another than when it was given.
    """
    if provider.sealed_secret is None:
        return ""
    return disclose(bytes(provider.sealed_secret), about=secret_context(key=provider.key))


def provider_session() -> providers.Session:
    """Return what asks identity providers: by the one way out that this program has."""
    return providers.Session()


def secret_context(*, key: str) -> str:
    """Return what a provider's secret is bound to."""
    return f"acquis/identity-provider/1|{key}"


def _certificate(text: str) -> str:
    """Return the base64 of a certificate, as SAML writes it."""
    body = re.sub(r"-----[A-Z ]+-----|\s", "", text)[:10_000]
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    try:
        x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise ValidationError(
            {"certificate": _("Paste the whole certificate with which your provider signs.")}
        ) from error
    return body
