"""What is posted, and put behind a question mark: every field that any form of ours knows."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, encode_multipart
from PIL import Image

from credentials.forms import TYPED
from issuers import selectors as parties
from tests.web import providers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.isolation.routes import Address, Route
    from tests.isolation.world import School

OURS = ("badges.", "config.", "credentials.", "issuers.")
# Fields that are made when a form is: by whom, and what is posted for them.
MADE_LATER = {
    "TextsForm": {f"{name}_{language}": "Nouveau texte" for language in ("fr", "en")
                  for name in ("name", "description", "criteria", "tags", "image_caption")},
    "ColumnsForm": {"column_0": "name", "column_1": "email"},
    "QuotaForm": {kind: "1000" for kind, _label in parties.QUOTAS},
    "AlignmentForm in lines": {
        "alignments-TOTAL_FORMS": "1", "alignments-INITIAL_FORMS": "0",
        "alignments-0-framework": "rome", "alignments-0-code": "H2913",
    },
}  # fmt: skip


def body(school: School, route: Route, address: Address) -> dict[str, Any]:
    """Return what is posted to an address, with rows of a school wherever a field names any."""
    return _said(school, *_asked(school, route, address)) | _files(school)


def sent(school: School, route: Route, address: Address) -> bytes:
    """Return the same as a browser sends it."""
    return _sent(school, *_asked(school, route, address))


@cache
def _sent(school: School, kind: str, typed: str) -> bytes:
    return encode_multipart(BOUNDARY, _said(school, kind, typed) | _files(school))


def query(school: School, route: Route, address: Address) -> dict[str, str]:
    """Return what is put behind the question mark: the same, and what only pages read there."""
    at = school.at
    said = _said(school, *_asked(school, route, address))
    said = {name: value for name, value in said.items() if value}
    return said | {
        "words": str(at["credential"].reference), "assertionId": str(at["revoked"].token),
        "domain": str(at["host"].name),
        "after": str(at["preparation"].pk), "before": str(at["list"].pk),
        "next": f"/console/{school.issuer.slug}/people", "lang": "fr",
    }  # fmt: skip


def _asked(school: School, route: Route, address: Address) -> tuple[str, str]:
    """Return what of an address a form takes: a kind, and what is typed to confirm what is grave.

    That stands in the address, or is a number.
    """
    kind = "campus" if "/units" in route.template else "school"
    typed = next((each for each in address.path.split("/") if each in _kids(school)), "1")
    return kind, typed[-TYPED:]


def _said(school: School, kind: str, typed: str) -> dict[str, Any]:
    at, dated = school.at, "2026-03-02"
    link = f"http://localhost:8000/credentials/{at['credential'].token}"
    made: dict[str, str] = {}
    for each in MADE_LATER.values():
        made |= each
    return made | {
        # People, and how they sign in.
        "name": "Nouveau nom", "email": "new@example.org", "login": "new@example.org",
        "role": "viewer", "language": "fr", "reason": "À revoir.", "password": "none",
        "code": "123456", "identifier": "acquis", "secret": "between us", "just_in_time": "on",
        "is_active": "on", "wanted": "on", "certificate": providers.CERTIFICATE,
        "url": providers.LOGIN,
        # An organisation, its parts and its partners.
        "place": "Lyon", "kind": kind, "parent": at["unit"].uuid, "partner": "ecole-c",
        "named": [f"block-{at['block'].pk}", f"badge-{at['badge'].uuid}"],
        "start_date": dated, "end_date": "", "agreement": "n° 1", "legal_name": "École",
        "description": "Une école.", "country": "FR", "region": "Rhône", "siret": "",
        "registration": "", "declaration": "", "qualiopi": [], "languages": ["fr"],
        "colour": "#1d4f91", "slug": "nouvelle-ecole", "linkedin_id": "", "is_logo_dropped": "",
        # What its holder lets a page show.
        "privacy": "hidden", "evidence": "on", "results": "on", "label": "RH de X",
        "days": "30", "said": "Autrement.", "badges": [at["credential"].uuid], "is_shown": "on",
        # When learners are reminded.
        "after": "7", "most": "2",
        # A badge.
        "shape": "round", "palette": "forest", "deep": "#000000", "bright": "#ffffff",
        "accent": "#ff0000", "icon": "letters", "monogram": "A", "caption": "", "ribbon": "",
        "achievement_type": "MicroCredential", "certifies": f"block-{at['block'].pk}",
        "unit": at["unit"].uuid, "validity_months": "12", "standing": "revocable",
        "needs_evidence": "", "credits_available": "3", "human_code": "A1", "field_of_study": "",
        "layout": "portrait", "signatory": "Claire Dumas", "signatory_role": "Directrice",
        "criteria_url": "", "framework": "rome", "target_name": "Soudage",
        "title": "Un bloc", "certification_title": "Un titre", "level": "6",
        # Awards, and lists of them.
        "badge": at["badge"].uuid, "day": dated, "until": "", "order": "dmy", "rename": "on",
        "window": "0", "typed": typed, "reference": at["credential"].reference,
        "sheet": "", "address": link, "credential": link, "links": link, "document": "",
        "words": "", "state": "", "learner": at["learner"].uuid, "list": at["run"].uuid,
        "session": at["session"].uuid, "cohort": at["session"].uuid, "new_cohort": "",
        "starts_on": dated, "ends_on": "", "hour": "09:00", "zone": "UTC",
        "confirmed": "on", "again": "on", "remember": "on", "credits_earned": "3", "tells": "on",
        # The trail, and operators.
        "subject": "", "act": "", "who": school.staff["issuer"].pk, "row": at["learner"].pk,
        "since": dated, "minutes": "5", "judgement": "harmless", "note": "À suivre.",
    }  # fmt: skip


def _files(school: School) -> dict[str, SimpleUploadedFile]:
    rows = f"Nom;Courriel\nAwa;awa@example.org\nLéa;{school.at['learner'].email}\n"
    return {
        "file": SimpleUploadedFile("liste.csv", rows.encode(), "text/csv"),
        "image": SimpleUploadedFile("image.png", _picture(), "image/png"),
        "drawing": SimpleUploadedFile("image.svg", b"<svg/>", "image/svg+xml"),
        "logo": SimpleUploadedFile("logo.png", _picture(), "image/png"),
    }


@cache
def _picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (500, 500), (20, 90, 120)).save(stream, "PNG")
    return stream.getvalue()


@cache
def _kids(school: School) -> set[str]:
    return {name for name, seen in school.canaries.names.items() if seen.about.endswith(".kid")}


def fields() -> Iterator[str]:
    """Yield the name of every field of every form of ours."""
    for form in _forms(forms.BaseForm):
        if form.__module__.startswith(OURS):
            yield from form.base_fields


def _forms(above: Any) -> Iterator[Any]:
    for each in above.__subclasses__():
        yield each
        yield from _forms(each)
