"""What people have open: how each was opened, and its end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction

# How long a confirmation counts.
LATELY = timedelta(minutes=5)


@transaction.atomic
def end(*, user_id: int, only_through_a_provider: bool) -> int:
    """End the sessions of a person, wherever they are; return how many.

    Args:
        user_id: Whose.
        only_through_a_provider: Leave those alone that they opened themselves; an identity
            provider opens one organisation only.
    """
    ended = 0
    for session in UserSession.objects.filter(user_id=user_id):
        if not only_through_a_provider or provider_of(_kept(session.session_key)) is not None:
            session.end()
            ended += 1
    return ended


def provider_of(session: Mapping[str, Any]) -> str | None:
    """Return the key of the identity provider through which a session was opened.

    None where the person opened it themselves. No query.
    """
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return next(
        (str(each["provider"]) for each in records if each.get("method") == "socialaccount"), None
    )


def has_second_factor(session: Mapping[str, Any]) -> bool:
    """Say whether a session was opened, or confirmed, with a second factor or a passkey.

    No query.
    """
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return any(each.get("method") == "mfa" for each in records)


def confirmed_with(session: Mapping[str, Any], *, now: datetime) -> str:
    """Return with what it was confirmed lately who is there; empty if it was not. No query."""
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    since = (now - LATELY).timestamp()
    return next(
        (
            str(each.get("type", ""))
            for each in reversed(records)
            if each.get("method") == "mfa" and each.get("reauthenticated") and each["at"] > since
        ),
        "",
    )


def _kept(key: str) -> Mapping[str, Any]:
    engine = import_module(settings.SESSION_ENGINE)
    kept: Mapping[str, Any] = engine.SessionStore(key)
    return kept
