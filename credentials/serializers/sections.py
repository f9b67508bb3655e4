"""Parts of the page of a credential that are the same but for its token: rendered once for all."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

# Stands in the place of a token: 22 letters of base64url that nobody can guess, as those are.
PLACE = secrets.token_urlsafe(16)
MOST = 512

_rendered: OrderedDict[tuple[Any, ...], str] = OrderedDict()
_lock = Lock()


def files_of(request: HttpRequest, context: Mapping[str, Any]) -> SafeString:
    """Return the section of the files of a credential, in the active language.

    All that it depends on is in its name; what it would ask for besides is not there, and so would
    be missing on the first page that shows it.
    """
    shown, credential, privacy = context["shown"], context["credential"], context["privacy"]
    name = (
        *(translation.get_language(), request.keep_language),  # type: ignore[attr-defined]
        *(credential.achievement.slug, credential.issuer.slug, bool(credential.issuer.country)),
        *(shown.state.tone == "bad", bool(shown.correction), bool(shown.receipt)),
        *(bool(shown.others), context["has_older_edition"], context["blockcerts"]),
        *(privacy.is_whole, privacy.name),
    )
    with _lock:
        text = _rendered.get(name)
    if text is None:
        text = _render(*name)
        with _lock:
            _rendered[name] = text
            while len(_rendered) > MOST:
                _rendered.popitem(last=False)
    # A token needs no escaping, and is in nothing but addresses.
    return SafeString(text.replace(PLACE, credential.token))


def _render(*name: Any) -> str:
    _language, keep_language, badge, issuer, has_country, *rest = name
    is_bad, is_corrected, has_receipt, has_others, has_older_edition, blockcerts, *kept = rest
    is_whole, is_named = kept
    return render_to_string(
        "credentials/files.html",
        {
            "request": SimpleNamespace(keep_language=keep_language),
            "credential": SimpleNamespace(
                token=PLACE,
                achievement=SimpleNamespace(slug=badge),
                issuer=SimpleNamespace(slug=issuer, country=has_country),
            ),
            "shown": SimpleNamespace(
                state=SimpleNamespace(tone="bad" if is_bad else ""),
                correction=is_corrected,
                receipt=has_receipt,
                others=has_others,
            ),
            "has_older_edition": has_older_edition,
            "blockcerts": blockcerts,
            "privacy": SimpleNamespace(is_whole=is_whole, name=is_named),
        },
    )
