"""How e-mail leaves: a mail server, a provider, or a folder of the embedded stack."""

from typing import Any

import environ

HERE = ("localhost", "127.0.0.1", "::1")


def settings(env: environ.FileAwareEnv, *, hostname: str) -> dict[str, Any]:
    """Return the settings of e-mail.

    Args:
        env: Where they are read from.
        hostname: Of the public pages.
    """
    # smtp+tls://user:password@host:587, consolemail://, filemail:///folder.
    found: dict[str, Any] = env.email_url_config(
        env.str("EMAIL_URL", default="") or "consolemail://"
    )
    if "EMAIL_FILE_PATH" in found:  # the reader takes the first stroke of a path for the host's
        found["EMAIL_FILE_PATH"] = "/" + str(found["EMAIL_FILE_PATH"]).lstrip("/")
    # Shown in the browser, for whoever tries Acquis on their own machine: config/mailbox.py.
    is_shown = env.bool("MAILBOX", default=False)
    found["MAILBOX"] = is_shown and "EMAIL_FILE_PATH" in found and hostname in HERE
    sender = env.str("EMAIL_FROM", default=f"Acquis <no-reply@{hostname}>")
    found |= {
        "EMAIL_TIMEOUT": 10,
        "DEFAULT_FROM_EMAIL": sender,
        "SERVER_EMAIL": sender,
        # How many e-mails to learners leave in a minute at most, whoever they are from; 0: as many
        # as can.
        "EMAIL_PER_MINUTE": max(env.int("EMAIL_PER_MINUTE", default=600), 0),
    }
    return found | _provider(env)


def _provider(env: environ.FileAwareEnv) -> dict[str, Any]:
    """Return the settings of a provider that Anymail knows, by the name of its backend.

    What becomes of e-mails it tells /mail/events/NAME, with the name and the password of
    EMAIL_WEBHOOK_SECRET; without one, nobody is listened to (docs/mail.md).
    """
    name = env.str("EMAIL_PROVIDER", default="").strip().lower()
    given: dict[str, Any] = env.json("EMAIL_PROVIDER_SETTINGS", default={})
    found: dict[str, Any] = {
        "EMAIL_PROVIDER": name,
        "ANYMAIL": given
        | {
            "WEBHOOK_SECRET": env.str("EMAIL_WEBHOOK_SECRET", default="").strip(),
            # That nothing is to be watched cannot be said to all of them.
            "IGNORE_UNSUPPORTED_FEATURES": True,
        },
    }
    if name:
        found["EMAIL_BACKEND"] = f"anymail.backends.{name}.EmailBackend"
    return found
