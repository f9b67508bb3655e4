"""How people sign in: what allauth is told. Nothing of it differs between installations.

They sign in with their e-mail address and a code sent to it, or with a passkey; a password is
optional. Accounts are made by invitation, so nobody signs up.
"""

from typing import Any

SETTINGS: dict[str, Any] = {
    "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
    "LOGIN_URL": "account_login",
    "LOGIN_REDIRECT_URL": "console",
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
    "ACCOUNT_LOGIN_METHODS": {"email"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*"],
    "ACCOUNT_ADAPTER": "issuers.access.accounts.AccountAdapter",
    "ACCOUNT_FORMS": {
        "login": "issuers.forms.SignInForm",
        "request_login_code": "issuers.forms.CodeForm",
    },
    # Who is not known is told the same as who is, and no e-mail goes to an address that is not.
    "ACCOUNT_PREVENT_ENUMERATION": True,
    "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
    "ACCOUNT_EMAIL_NOTIFICATIONS": True,
    "ACCOUNT_CHANGE_EMAIL": True,
    "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
    "ACCOUNT_LOGIN_BY_CODE_TIMEOUT": 600,
    # Besides allauth's own: how many invitations one person sends, how often somebody asks for an
    # organisation of their own, and from one place for codes of wallets, or tries one.
    "ACCOUNT_RATE_LIMITS": {
        "invite": "60/h/user",
        "found": "20/h/ip,5/h/key",
        "wallet": "40/h/ip",
        "wallet_address": "5/h/key",
        "wallet_code": "100/h/ip",
        "wallet_archive": "60/h/ip",
        "wallet_everything": "60/h/ip,10/h/key",
        "wallet_import": "60/h/ip",
    },
    "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": False,
    "AUTH_PASSWORD_VALIDATORS": [
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 12},
        },
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    ],
    "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
    "ACCOUNT_SESSION_REMEMBER": True,
    "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
    "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED": True,
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_ADAPTER": "issuers.access.accounts.SecondFactorAdapter",
    "MFA_TOTP_ISSUER": "Acquis",
    # One step either way: telephones keep time as well as they do.
    "MFA_TOTP_TOLERANCE": 1,
    # Identity providers are those of organisations, see issuers/access/accounts.py. What they say
    # of an address counts only there.
    "SOCIALACCOUNT_ADAPTER": "issuers.access.accounts.ProviderAdapter",
    "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,
    "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
    "SOCIALACCOUNT_STORE_TOKENS": False,
}


def settings(*, is_https: bool, proxies: int) -> dict[str, Any]:
    """Return the settings of people's accounts.

    Args:
        is_https: Whether the pages are served with TLS.
        proxies: How many proxies of ours tell who asks.
    """
    return SETTINGS | {
        "ALLAUTH_TRUSTED_PROXY_COUNT": proxies,
        # Browsers have passkeys without TLS on the machine itself only.
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not is_https,
    }
