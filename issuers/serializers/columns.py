"""What the columns that the audit trail tells of are called, in the reader's language.

By their name, whatever table they are in; a model that names a column itself is not overruled.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


def column_name(field: Any) -> str:
    """Return what a column is called."""
    if is_named(field):
        return capfirst(str(field.verbose_name))
    return capfirst(str(NAMES.get(field.name, field.verbose_name)))


def is_named(field: Any) -> bool:
    """Say whether its model names it for people; Django's own name for it is no translation."""
    return isinstance(field.verbose_name, Promise)


NAMES: Mapping[str, Any] = {
    "accepted_at": _("accepted on"),
    "account": _("account on the chain"),
    "achievement": _("badge"),
    "actor": _("person"),
    "answer": _("answer"),
    "answered_at": _("answered on"),
    "answered_by": _("answered by"),
    "archive": _("archive"),
    "arrival": _("arrival"),
    "asked_at": _("asked for on"),
    "attached_at": _("attached on"),
    "began_at": _("begun on"),
    "block": _("block of competences"),
    "cancelled_at": _("cancelled on"),
    "certificateur": _("certifying body"),
    "certification": _("certification"),
    "closed_at": _("closed on"),
    "code": _("code"),
    "cohort": _("session"),
    "confirmed_at": _("confirmed on"),
    "confirmed_by": _("confirmed by"),
    "corrects": _("corrects"),
    "created_at": _("created on"),
    "created_by": _("created by"),
    "credential": _("credential"),
    "decided_by": _("decided by"),
    "declined_at": _("declined on"),
    "description": _("description"),
    "did": _("identifier (DID)"),
    "digest": _("digest"),
    "document": _("document"),
    "ended_at": _("ended on"),
    "endorsed": _("endorsed organisation"),
    "endorsed_at": _("endorsed on"),
    "expires_at": _("ends on"),
    "failure": _("what was found"),
    "former_names": _("former names"),
    "habilitation": _("habilitation"),
    "happened_at": _("happened on"),
    "image": _("image"),
    "intake": _("list of learners"),
    "invited_by": _("invited by"),
    "kept_at": _("kept on"),
    "kept_by": _("kept by"),
    "key": _("short name"),
    "kid": _("name of the key"),
    "kind": _("kind"),
    "lapsed_at": _("lapsed on"),
    "leaf": _("leaf"),
    "learner": _("learner"),
    "logo": _("logo"),
    "look": _("look"),
    "media_type": _("type of the file"),
    "name": _("name"),
    "note": _("note"),
    "operator": _("operator"),
    "ordered_by": _("ordered by"),
    "parent": _("part of"),
    "partner": _("partner"),
    "partnership": _("partnership"),
    "paused_at": _("paused on"),
    "position": _("place in order"),
    "preparation": _("preparation"),
    "prepared_by": _("prepared by"),
    "problem": _("what stopped it"),
    "proposed_at": _("proposed on"),
    "public_jwk": _("public key"),
    "published_at": _("published on"),
    "qualiopi": _("Qualiopi certificate"),
    "reason": _("reason"),
    "recorded_at": _("recorded on"),
    "reference": _("reference"),
    "refusal": _("why it was refused"),
    "requested_by": _("asked for by"),
    "retired_at": _("retired on"),
    "revoked_at": _("revoked on"),
    "revoked_by": _("revoked by"),
    "said": _("what was asked"),
    "secret": _("secret, encrypted"),
    "sealed_private": _("private key, encrypted"),
    "sealed_secret": _("secret, encrypted"),
    "sign_after": _("signed from"),
    "signed_at": _("signed on"),
    "siret": _("SIRET"),
    "size": _("size"),
    "state": _("state"),
    "status_index": _("place in the status list"),
    "status_list": _("status list"),
    "stopped_at": _("stopped on"),
    "subject": _("subject"),
    "target_code": _("code"),
    "target_description": _("description"),
    "target_type": _("kind"),
    "token": _("secret part of the address"),
    "transcript": _("transcript"),
    "translates": _("translation of"),
    "tries": _("tries"),
    "unit": _("unit"),
    "url": _("address"),
    "user": _("person"),
    "uuid": _("public number"),
    "valid_from": _("valid from"),
    "verified_at": _("verified on"),
    "version": _("version"),
    "waiting": _("not on record for good yet"),
    "whole": _("whole certification"),
    "wrapped_dek": _("data key, wrapped"),
}
