"""What the world reads of an issuer: the DID document with its keys, its logo and its colour."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from issuers import selectors

# DID Core registered the first two; resolvers ask for the last two. All are JSON.
DID_TYPES = [
    "application/did+ld+json",
    "application/did+json",
    "application/ld+json",
    "application/json",
]
# Keys change rarely, and a rotation must be seen soon.
HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}


@require_safe
@conditional_page
def did(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the DID document of did:web:<host>:issuers:<slug>."""
    issuer = selectors.find_by_slug(slug=slug)
    if issuer is None:
        return _missing()
    kind = request.get_preferred_type(DID_TYPES) or DID_TYPES[-1]
    return JsonResponse(
        selectors.did_document(issuer=issuer),
        content_type=kind,
        headers=HEADERS
        | {
            "Vary": "Accept",
            "Link": f'<{selectors.history_address(issuer=issuer)}>; rel="version-history"',
        },
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
@conditional_page
def key(request: HttpRequest, slug: str, kid: str) -> HttpResponse:
    """Serve one key as a JWK: what the `kid` of a JWT leads to, and as long as JWTs live.

    A key that was revoked is not given as a key any more, because those who ask check a signature
    and look no further. It is still shown, inside the refusal, to who can prove that a signature is
    older than the theft.
    """
    issuer = selectors.find_by_slug(slug=slug)
    found = selectors.published_key(issuer=issuer, kid=kid) if issuer is not None else None
    if found is None:
        detail = _("This issuer has no key of that name.")
        return JsonResponse({"code": "not_found", "detail": detail}, status=404, headers=HEADERS)
    if found.revoked is not None:
        refusal = {
            "code": "key_revoked",
            "detail": _("This key was revoked: what it signs may not be believed."),
            "revoked": found.revoked,
            "key": found.jwk,
        }
        return JsonResponse(refusal, status=410, headers=HEADERS)
    return JsonResponse(found.jwk, content_type="application/jwk+json", headers=HEADERS)


@require_safe
@conditional_page
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the issuer's logo."""
    issuer = selectors.find_by_slug(slug=slug)
    if issuer is None or issuer.logo is None:
        return _missing()
    return HttpResponse(bytes(issuer.logo), content_type="image/png", headers=HEADERS)


@require_safe
@conditional_page
def colour(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the issuer's colour as a stylesheet: no page holds a style of its own."""
    issuer = selectors.find_by_slug(slug=slug)
    if issuer is None or not issuer.colour:
        return _missing()
    css = f":root {{ --issuer: {issuer.colour}; }}\n"
    return HttpResponse(css, content_type="text/css", headers=HEADERS)


def _missing() -> JsonResponse:
    detail = _("There is no such issuer here, or it has no logo.")
    return JsonResponse({"code": "not_found", "detail": detail}, status=404, headers=HEADERS)
