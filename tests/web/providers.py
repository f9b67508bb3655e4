"""Identity providers that stand in for real ones: they sign real tokens and real assertions."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from allauth.socialaccount.models import SocialAccount
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree  # type: ignore[import-untyped]
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from issuers import models, selectors, services
from tests.conftest import NOW

KEY = rsa.generate_private_key(65537, 2048)
ANOTHER_KEY = rsa.generate_private_key(65537, 2048)
LOGIN = "https://login.example.org"
# Somebody of École A, whose domain that is.
THEIRS = "dora@ecole-a.example"


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider of the tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


CERTIFICATE = certificate(KEY)


def proven(issuer: models.Issuer, name: str, **changes: Any) -> models.Domain:
    """Let an organisation have proven a domain by a DNS record, yesterday."""
    row = {
        "token": "x" * 43, "method": "dns", "asked_at": NOW - timedelta(days=9),
        "verified_at": NOW - timedelta(days=9), "confirmed_at": NOW - timedelta(hours=20),
    } | changes  # fmt: skip
    return models.Domain.objects.of(issuer).create(issuer=issuer, name=name, **row)


def oidc(issuer: models.Issuer, **changes: Any) -> models.IdentityProvider:
    values: dict[str, Any] = {
        "kind": "oidc", "name": "École", "url": LOGIN, "identifier": "acquis",
        "secret": "a secret between us", "now": NOW,
    } | changes  # fmt: skip
    return services.connect_provider(issuer=issuer, **values)


def saml(issuer: models.Issuer, **changes: Any) -> models.IdentityProvider:
    values: dict[str, Any] = {
        "kind": "saml", "name": "École", "url": f"{LOGIN}/saml", "identifier": f"{LOGIN}/metadata",
        "certificate": CERTIFICATE, "now": NOW,
    } | changes  # fmt: skip
    return services.connect_provider(issuer=issuer, **values)


def serve(hosts: Any, token: str, **discovery: Any) -> None:
    """Let a provider of OpenID Connect answer at LOGIN, with this identity token."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    hosts.serve(
        f"{LOGIN}/.well-known/openid-configuration",
        {
            "issuer": LOGIN,
            "authorization_endpoint": f"{LOGIN}/authorize",
            "token_endpoint": f"{LOGIN}/token",
            "userinfo_endpoint": f"{LOGIN}/userinfo",
            "jwks_uri": f"{LOGIN}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        | discovery,
    )
    hosts.serve(f"{LOGIN}/keys", {"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]})
    hosts.serve(f"{LOGIN}/token", {"access_token": "a", "token_type": "Bearer", "id_token": token})


def token(email: str | None, *, key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> str:
    """Return a signed identity token."""
    claims = {
        "iss": LOGIN, "aud": "acquis", "sub": "subject-1", "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 300, "name": "Dora Diallo",
    }  # fmt: skip
    if email is not None:
        claims["email"] = email
    told = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(told, key, algorithm=algorithm, headers={"kid": "1"})


def leave(client: Any, provider: models.IdentityProvider) -> str:
    """Leave for a provider, and return the address to which the page sends a person."""
    slug = provider.issuer.slug
    response = client.post(f"/console/{slug}/sign-in/{provider.key}", HTTP_HOST="localhost:8000")
    assert response.status_code == 200, response.content
    return str(response.context["address"])


def come_back(client: Any, provider: models.IdentityProvider) -> Any:
    """Go to a provider of OpenID Connect, and come back with a code."""
    asked = parse_qs(urlsplit(leave(client, provider)).query)
    return client.get(
        f"/account/oidc/{provider.key}/login/callback/",
        {"code": "c", "state": asked["state"][0]},
        HTTP_HOST="localhost:8000",
    )


def request_id(address: str) -> str:
    """Return the id of the request for authentication in an address."""
    packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    return str(etree.fromstring(zlib.decompress(base64.b64decode(packed), -15)).get("ID"))


def assertion(
    provider: models.IdentityProvider,
    email: str,
    *,
    in_response_to: str,
    key: Any = KEY,
    audience: str = "",
    minutes: int = 5,
) -> str:
    """Return a response of SAML with a signed assertion, as it is posted."""
    here = f"http://localhost:8000/account/saml/{provider.key}"
    text = "%Y-%m-%dT%H:%M:%SZ"
    now, until = NOW.strftime(text), (NOW + timedelta(minutes=minutes)).strftime(text)
    unsigned = f"""<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
 ID="_a1" Version="2.0" IssueInstant="{now}"><saml:Issuer>{provider.identifier}</saml:Issuer>
<saml:Subject><saml:NameID
 Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">subject-1</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{here}/acs/"
 InResponseTo="{in_response_to}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{now}" NotOnOrAfter="{until}"><saml:AudienceRestriction>
<saml:Audience>{audience or here + "/metadata/"}</saml:Audience></saml:AudienceRestriction>
</saml:Conditions><saml:AuthnStatement AuthnInstant="{now}" SessionIndex="_s1">
<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password
</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>{email}
</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"""
    signed = OneLogin_Saml2_Utils.add_sign(unsigned, pem(key), certificate(key))
    inner = signed.decode() if isinstance(signed, bytes) else signed
    inner = inner.partition("?>")[2] or inner
    return f"""<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="{now}"
 Destination="{here}/acs/" InResponseTo="{in_response_to}">
<saml:Issuer>{provider.identifier}</saml:Issuer><samlp:Status><samlp:StatusCode
 Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{inner}</samlp:Response>"""


def post(client: Any, provider: models.IdentityProvider, response: str) -> Any:
    """Post a response of SAML, and follow to where it is read."""
    received = client.post(
        f"/account/saml/{provider.key}/acs/",
        {"SAMLResponse": base64.b64encode(response.encode()).decode()},
        HTTP_HOST="localhost:8000",
    )
    if received.status_code != 302:
        return received
    return client.get(received["Location"], HTTP_HOST="localhost:8000")


def roles_at(issuer: models.Issuer) -> dict[str, str]:
    """Return who works for an issuer, and as what."""
    return {each.user.email: each.role for each in selectors.members(issuer=issuer)}


def nobody_came_in(client: Any, response: Any, why: str) -> bool:
    """Say whether a provider's word was refused, for that reason, and left nothing."""
    return bool(
        response.status_code == 403
        and response.context["why"] == why
        and client.get("/console/").status_code == 302
        and not SocialAccount.objects.exists()
    )
