"""What to say, and what to do next, when something is no credential that can be read."""

# ruff: noqa: RUF001 - text for people is typeset, with the apostrophe of print

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REFUSALS: dict[str, StrOrPromise] = {
    "too_large": _("This is larger than 10 MB. Give the badge itself: a PNG image or a JSON file."),
    "empty": _("There is nothing in it. Give a link, a file or the text of a badge."),
    "nothing_inside": _(
        "There is no badge inside this image. Use the PNG that was downloaded from the badge’s "
        "page: "
        "a screenshot, or a copy from a social network, loses it."
    ),
    "malformed": _(
        "This is no digital badge that can be read. Give the JSON file or the PNG image as it was "
        "downloaded, unchanged."
    ),
    "receipt_malformed": _(
        "The receipt cannot be read. Give the file anchor.json as it was downloaded, unchanged."
    ),
    "not_found": _("There is no badge at this address. Check that the link is complete."),
    "not_signed": _("This badge is being prepared. Look again in a minute."),
    "erased": _(
        "This badge was erased at the request of its holder. Nobody can verify it any more."
    ),
    "not_anchored": _("This badge is not on record yet. Look again in some minutes."),
    "no_issuer": _("There is no such issuer here. Check that the link is complete."),
    "no_issuer_email": _(
        "Open Badges 2.0 wants an e-mail address of every issuer, and this one gives none. Ask the "
        "issuer to add it, or use the badge in its present edition."
    ),
    "not_expressible": _(
        "The older edition has no way to say this badge. Use the badge in its present edition."
    ),
    "no_key": _("This issuer has no key of that name, or it was revoked."),
    "edition_due": _("This form of the badge is being prepared. Ask again in some seconds."),
    "edition_refused": _(
        "This form of the badge could not be made. Use the badge in another form, or ask again in "
        "some minutes."
    ),
    "unknown_part": _("This badge has no such part, or it is one that is always shown."),
    "nobody_left": _(
        "Nothing would say any more whom the badge is about. Show the name or the e-mail address."
    ),
    "not_in_part": _("This badge cannot be shown in part. Show it whole."),
    "no_blockcerts": _("Verifiers of Blockcerts would refuse this badge. The reasons are below."),
    "blockcerts_not_anchored": _("It is not on record yet. Ask again in some minutes."),
    "blockcerts_not_final": _(
        "Its record could still change. Ask again in a quarter of an hour: then it is final."
    ),
    "blockcerts_other_chain": _(
        "Its record is on a chain that Blockcerts has no word for: it knows Ethereum (eip155:1) "
        "and Sepolia (eip155:11155111) only. The receipt, anchor.json, proves the record without "
        "Blockcerts."
    ),
    "blockcerts_credentialStatus": _(
        "It can be revoked (credentialStatus), and the verifiers of Blockcerts cannot read how. "
        "Only badges that the issuer issues for good can be exported."
    ),
    "blockcerts_credentialSchema": _(
        "It names a schema (credentialSchema), which the verifiers of Blockcerts misread. Only "
        "badges that the issuer issues for good can be exported."
    ),
    "blockcerts_evidence": _(
        "It has evidence without an address, which the verifiers of Blockcerts refuse."
    ),
    "no_evidence": _("There is no file at this address. Check that the link is complete."),
    "europass_no_country": _(
        "Europass asks for the country of the organisation, and the issuer has not given it."
    ),
    "europass_unknown_language": _(
        "The badge is in a language that the European lists do not name here."
    ),
    "no_list": _("There is no status list at this address, or none was published yet."),
    "unreachable": _(
        "This address could not be read. Check the link, or give the badge as a file."
    ),
    "busy": _("Too many badges are being checked right now. Try again in a minute."),
    "unreadable_upload": _("The upload was cut off or is not a form. Send it again."),
}

_STATUS = {
    "too_large": 413,
    "not_found": 404,
    "not_signed": 404,
    "not_anchored": 404,
    "no_list": 404,
    "no_evidence": 404,
    "no_issuer": 404,
    "no_key": 404,
    "no_blockcerts": 404,
    "not_in_part": 404,
    "edition_refused": 404,
    "no_issuer_email": 404,
    "not_expressible": 404,
    "europass_no_country": 404,
    "europass_unknown_language": 404,
    "erased": 410,
    "busy": 503,
}


def words(reason: str, message: str) -> str:
    """Return what to tell the reader: `message`, in the program's words, if there is no better."""
    return str(REFUSALS.get(reason, message))


def status(reason: str) -> int:
    """Return the HTTP status that goes with it."""
    return _STATUS.get(reason, 400)
