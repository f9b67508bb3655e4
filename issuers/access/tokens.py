"""Believe an identity token for its signature, not for the line that it came by.

allauth takes a token that it fetched itself over TLS without looking at its signature, as OpenID
Connect Core 1.0 allows (section 3.1.3.7). We look: our proxy, or the provider's, may end TLS.
"""

from typing import Any

import jwt
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

from issuers import services

# Only what has two keys: with the others, whoever can read can sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]


class TokenAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # it has no types
    """Reads who somebody is from the signed identity token alone."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the provider's discovery document, whole.

        Raises:
            OAuth2Error: it lacks something, or is another provider's.
            ProviderUnavailable: it could not be had.

        Source: OpenID Connect Discovery 1.0 sections 3 and 4.3.
        """
        config = super().openid_config
        wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if not isinstance(config, dict) or not all(isinstance(config.get(n), str) for n in wanted):
            raise OAuth2Error("The provider's discovery document is not whole.")
        if config["issuer"].rstrip("/") != self.get_provider().app.settings["server_url"]:
            raise OAuth2Error("The provider calls itself by another address.")
        return config

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Verify the identity token and return whom it is about.

        Raises:
            OAuth2Error: it is not the provider's, not for us, not in time, or altered.

        Source: OpenID Connect Core 1.0 sections 3.1.3.7 and 5.3.2.
        """
        text = kwargs["response"].get("id_token")
        config = self.openid_config
        provider = self.get_provider()
        claims = self._read(str(text or ""), config, app.client_id)
        if "email" not in claims and config.get("userinfo_endpoint"):
            more = self._fetch_user_info(token.token)
            if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
                raise OAuth2Error("What the provider says more is about somebody else.")
            claims = {**more, **claims}
        return provider.sociallogin_from_response(request, {"id_token": claims})

    def _read(self, text: str, config: dict[str, Any], audience: str) -> dict[str, Any]:
        keys = self._keys(config["jwks_uri"])
        try:
            name = jwt.get_unverified_header(text).get("kid")
            found = [key for key in keys if name is None or key.key_id == name]
            if len(found) != 1:
                raise OAuth2Error("No key of the provider, or several, could have signed it.")
            claims: dict[str, Any] = jwt.decode(
                text,
                key=found[0].key,
                algorithms=ALGORITHMS,
                audience=audience,
                issuer=config["issuer"],
                options={"require": ["exp", "iat", "iss", "sub", "aud"]},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise OAuth2Error("The identity token is not valid.") from error
        if claims.get("azp", audience) != audience:
            raise OAuth2Error("The identity token was issued to another party.")
        return claims

    def _keys(self, url: str) -> list[jwt.PyJWK]:
        with services.provider_session() as session:
            try:
                return list(jwt.PyJWKSet.from_dict(session.get(url).json()).keys)
            except (jwt.PyJWTError, TypeError, AttributeError, ValueError) as error:
                raise OAuth2Error("The provider's keys cannot be read.") from error
