"""What an issuer's keys, lists and audit trail were, version after version, with receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.views.decorators.http import conditional_page, require_safe

from credentials.selectors import statements
from credentials.views import answers
from issuers import selectors as issuers

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

MAX_SEQUENCE = 2**31 - 1


@require_safe
@conditional_page
def histories(request: HttpRequest, slug: str) -> HttpResponse:
    """List the versions of an issuer's key history."""
    return _issuers_index(request, slug, statements.of_keys, statements.history_address)


@require_safe
@conditional_page
def history(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Serve one version of an issuer's key history, or the latest."""
    return _issuers_version(slug, version, statements.of_keys)


@require_safe
@conditional_page
def heads(request: HttpRequest, slug: str) -> HttpResponse:
    """List the heads of an issuer's audit trail: a number and a digest each."""
    return _issuers_index(request, slug, statements.of_trail, statements.trail_address)


@require_safe
@conditional_page
def head(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Serve one head of an issuer's audit trail, or the latest."""
    return _issuers_version(slug, version, statements.of_trail)


@require_safe
@conditional_page
def list_versions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """List the versions of a status list."""
    found = statements.find_list(uuid=uuid)
    if found is None:
        return answers.refusal("no_list")
    rows = statements.of_list(status_list=found)
    return _index(request, rows, statements.versions_address(status_list=found))


@require_safe
@conditional_page
def list_version(request: HttpRequest, uuid: UUID, version: str) -> HttpResponse:
    """Serve one version of a status list, or the latest."""
    found = statements.find_list(uuid=uuid)
    if found is None:
        return answers.refusal("no_list")
    return _version(statements.of_list(status_list=found), version)


def _issuers_index(
    request: HttpRequest, slug: str, rows: Callable[..., Any], address: Callable[..., str]
) -> HttpResponse:
    issuer = issuers.find_by_slug(slug=slug)
    if issuer is None:
        return answers.refusal("not_found")
    return _index(request, rows(issuer=issuer), address(issuer=issuer))


def _issuers_version(slug: str, version: str, rows: Callable[..., Any]) -> HttpResponse:
    issuer = issuers.find_by_slug(slug=slug)
    if issuer is None:
        return answers.refusal("not_found")
    return _version(rows(issuer=issuer), version)


def _index(request: HttpRequest, rows: Any, address: str) -> HttpResponse:
    asked = request.GET.get("before")
    before = None if asked is None else _number(asked)
    if asked is not None and before is None:
        return answers.refusal("no_version")
    return _json(statements.index(rows, address=address, before=before))


def _version(rows: Any, version: str) -> HttpResponse:
    sequence = None if version == "latest" else _number(version)
    if version != "latest" and sequence is None:
        return answers.refusal("no_version")
    found = statements.version(rows, sequence=sequence)
    return answers.refusal("no_version") if found is None else _json(found)


def _number(text: str) -> int | None:
    """Return the number of a version; None where there can be none."""
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= len(str(MAX_SEQUENCE)):
        return None
    number = int(text)
    return number if 1 <= number <= MAX_SEQUENCE else None


def _json(members: dict[str, Any]) -> HttpResponse:
    return JsonResponse(
        members,
        headers=answers.PUBLIC_FILE | answers.SHARED,
        json_dumps_params={"ensure_ascii": False},
    )
