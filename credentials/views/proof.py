"""Proof without us: the page on which a reader repeats the checks, and the dossier to keep.

The script runs in the reader's browser and asks whom the reader chooses; nothing of what it finds
comes back to us. It is one file, named by its digest, the same on the page and in every dossier.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors, services
from credentials.core import script
from credentials.selectors import dossiers
from credentials.serializers import present, proof_words
from credentials.serializers.words import network
from credentials.views import answers

if TYPE_CHECKING:
    from credentials import models

# Nodes of the reader's choice, the issuer's own address, and a node on the reader's own machine.
ASKED = ["https:", "http://localhost:*", "http://127.0.0.1:*"]
_FONT = re.compile(r"@font-face\s*\{[^}]*\}")
_FILE = re.compile(r"""url\((?!["']?data:)[^)]*\)""")


@require_safe
@conditional_page
def verifier(request: HttpRequest) -> HttpResponse:
    """Serve the script; it changes only with a release, and pages name it by its digest."""
    return HttpResponse(
        script.text(), content_type="text/javascript", headers=answers.PUBLIC_FILE | answers.SHARED
    )


@require_safe
@csp_update({"connect-src": [SELF, *ASKED]})  # type: ignore[arg-type] # of views it knows the shortest
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Let a reader repeat the checks in their own browser."""
    credential = selectors.find_by_token(token=token)
    if credential is None:
        return answers.private(request, "404.html", {}, status=404)
    if (private := answers.hidden(request, credential)) is not None:
        return private
    if answers.keeps_back(credential):
        # What it takes to repeat the checks is the document, and that is not shown.
        return answers.private(
            request, "credentials/kept_back.html", {"credential": credential}, status=403
        )
    try:
        context = _context(credential)
    except selectors.NotSigned:
        return answers.private(request, "credentials/preparing.html", {"credential": credential})
    except selectors.Erased:
        return answers.private(
            request, "credentials/erased.html", {"credential": credential}, status=410
        )
    return answers.private(request, "credentials/proof.html", context)


@require_safe
def dossier(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the badge with everything that its checks need, and the script, as one page to keep."""

    def read(credential: models.Credential) -> HttpResponse:
        style = _style()
        context = _context(credential) | {
            "style": style,
            "policy": _policy(script.text(), style),
            "script": script.text(),
        }
        name = f"{credential.achievement.slug}-proof.html"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(
            render_to_string("credentials/dossier.html", context, request),
            headers=answers.PRIVATE_PAGE | headers,
        )

    response = answers.file(token, read, gives=answers.Gives.NAMED)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _context(credential: models.Credential) -> dict[str, Any]:
    """Return what page and dossier show: our own findings, and what it takes to repeat them."""
    found = services.verify_credential(credential=credential, now=timezone.now())
    shown = present(
        found.report, found.document, found.receipt, learner=found.learner,
        correction=found.correction,
        others=found.others,
    )  # fmt: skip
    chains = [each.chain for each in (found.receipt, *found.others) if each is not None]
    return {
        "credential": credential,
        "shown": shown,
        "lines": [line for line in shown.lines if line.name in proof_words.CHECKS],
        "outcomes": [
            (outcome.value, f"icons/{outcome.value}.svg") for outcome in proof_words.OUTCOMES
        ],
        "dossier": dossiers.dossier(credential=credential),
        "words": proof_words.of(chains),
        "network": network(chains[0]) if chains else gettext("the chain"),
        "nodes": [node for chain in chains[:1] for node in dossiers.suggested_nodes(chain=chain)],
        "integrity": script.integrity(),
    }


def _policy(source: str, style: str) -> str:
    """Return what a dossier lets its page do: run this script, and ask nodes. Nothing else."""
    return (
        f"default-src 'none'; script-src '{_named(source)}'; style-src '{_named(style)}'; "
        f"img-src data:; connect-src {' '.join(ASKED)}; base-uri 'none'; form-action 'none'"
    )


def _named(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@cache
def _style() -> str:
    """Return our stylesheet for a page that loads nothing: without fonts and drawings."""
    sheet = Path(str(finders.find("acquis.css"))).read_text(encoding="utf-8")
    return _FILE.sub("none", _FONT.sub("", sheet))
