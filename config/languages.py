"""In which language a page speaks: the one in its address, else what the browser prefers.

`?lang=fr` needs no cookie, can be sent to somebody else, and works where scripts do not. A reader
who chose a language that way keeps it while moving around: the links of the page carry it on.
Whoever signs in has a cookie anyway; there it keeps the choice, because forms lead elsewhere.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation import get_language_info

SIGNED_IN = ("/console/", "/account/", "/invitations/", "/operator/")


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The present page in one language."""

    code: str
    name: str
    href: str
    is_current: bool


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, with `?lang=` before everything else.

    Templates find `request.keep_language`, to be put after the address of a page, and
    `request.languages`, the links of the switch.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language of the answer."""
        # Our pages and forms are UTF-8. A request may claim otherwise, even a codec that is no
        # text ("rot13"), and would be believed when its query is read.
        request.encoding = "utf-8"
        super().process_request(request)
        asked = request.GET.get("lang", "")
        known = dict(settings.LANGUAGES)
        if asked in known:
            translation.activate(asked)
            request.LANGUAGE_CODE = asked
        request.keep_language = f"?lang={asked}" if asked in known else ""  # type: ignore[attr-defined]  # for templates
        request.languages = [_link(request, code) for code in known]  # type: ignore[attr-defined]  # for templates

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Keep the choice of who signs in or works here."""
        answer = super().process_response(request, response)
        asked = request.GET.get("lang", "")
        if asked in dict(settings.LANGUAGES) and request.path.startswith(SIGNED_IN):
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                samesite="Lax",
                httponly=True,
            )
        return answer


def _link(request: HttpRequest, code: str) -> LanguageLink:
    query = request.GET.copy()
    query["lang"] = code
    return LanguageLink(
        code=code,
        name=get_language_info(code)["name_local"].capitalize(),
        href=f"?{query.urlencode()}",
        is_current=code == translation.get_language(),
    )
