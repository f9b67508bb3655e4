"""What to say, and what to do next, when something is no credential that can be read."""

# ruff: noqa: RUF001 - text for people is typeset, with the apostrophe of print

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REFUSALS: dict[str, StrOrPromise] = {
    "too_large": _("This is larger than 10 MB. Give the badge itself: an image or a JSON file."),
    "empty": _("There is nothing in it. Give a link, a file or the text of a badge."),
    "nothing_inside": _(
        "There is no badge inside this image. Use the PNG or SVG that was downloaded from the "
        "badge’s page: "
        "a screenshot, or a copy from a social network, loses it."
    ),
    "malformed": _(
        "This is no digital badge that can be read. Give the JSON file, the token or the image as "
        "it was downloaded, unchanged."
    ),
    "found_photo": _(
        "This is a photograph or a copy of a picture: such files cannot hold a badge. Give the PNG "
        "or SVG image, or the JSON file, as it was downloaded from who issued it."
    ),
    "found_pdf": _(
        "This PDF holds no credential. Give the original certificate, as it was downloaded: a "
        "print or a scan is not enough. Or give the link, the image (PNG, SVG) or the JSON file of "
        "the badge."
    ),
    "pdf_several": _(
        "This PDF holds more than one credential, or too many files. Give the certificate of one "
        "badge."
    ),
    "pdf_encrypted": _(
        "This PDF is protected by a password. Give the original certificate, which has none."
    ),
    "pdf_damaged": _(
        "This PDF is damaged, or not made as a certificate is. Give the original, as it was "
        "downloaded, or the link, the image (PNG, SVG) or the JSON file of the badge."
    ),
    "found_archive": _("This is an archive. Take the badge out of it and give that."),
    "found_page": _(
        "This is a web page, not a badge. Look on it for the badge’s own file, or its JSON, and "
        "give that."
    ),
    "found_list": _("This is a list. Give one badge at a time: the JSON from { to }."),
    "found_part": _(
        "This describes a kind of badge, an issuer or a list, not a badge that somebody was given. "
        "Give the badge itself."
    ),
    "found_presentation": _(
        "This is a presentation made by a wallet. Give the badge that is in it."
    ),
    "found_edition_1": _(
        "This is a badge of Open Badges 1, which is not checked here: 2.0 and 3.0 are. Ask the "
        "issuer for a newer form of it."
    ),
    "found_vc_1": _(
        "This token is wrapped as drafts of Open Badges 3.0 did (a member “vc”). The final 3.0 is "
        "checked here: ask the issuer for it."
    ),
    "found_sd_jwt": _(
        "This is an SD-JWT, a form that wallets exchange. Give the badge as JSON, as a VC-JWT or "
        "as an image."
    ),
    "found_encrypted": _(
        "This is encrypted: only its receiver can read it. Give the badge itself."
    ),
    "too_many": _("You have asked for many checks in a short time. Wait a little and try again."),
    "receipt_malformed": _(
        "The receipt cannot be read. Give the file anchor.json as it was downloaded, unchanged."
    ),
    "not_found": _("There is no badge at this address. Check that the link is complete."),
    "no_version": _(
        'There is no such version. Ask for the list, for "latest", or for a number from 1.'
    ),
    "not_signed": _("This badge is being prepared. Look again in a minute."),
    "erased": _(
        "This badge was erased at the request of its holder. Nobody can verify it any more."
    ),
    "hidden": _(
        "The holder of this badge keeps it private. Whoever was given its file can have that "
        "verified."
    ),
    "kept_back": _(
        "The holder of this badge shows only a part of it here. Ask them for what you need."
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
    "blockcerts_keys_not_shown": _(
        "This site does not show the keys of issuers as the verifiers of Blockcerts read them. "
        "Who operates it can turn that on: BLOCKCERTS=1."
    ),
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
    "no_revocation_list": _(
        "No list of revoked badges by name is kept here. Read the status list that the badge names."
    ),
    "bad_page": _("There is no such page. Begin at the address without ?after, and follow Link."),
    "no_endorsement": _(
        "There is no endorsement at this address. Check that the link is complete."
    ),
    "not_on_paper": _(
        "This badge does not stand, so there is no certificate of it. Its page says why."
    ),
    "no_press": _(
        "This server cannot make PDF files: libraries are missing. Print the page of the badge, or "
        "tell whoever runs the server; “manage.py doctor” names them."
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
    "pile_too_large": _(
        "This is too much at once: 10 MB, 30 MB once unpacked, are the most. Give it in parts."
    ),
    "pile_too_many": _("At most 200 badges are verified at once. Give them in parts."),
    "pile_empty": _("There is nothing to verify in it: no file, and no link to a badge."),
    "pile_damaged": _("The archive is damaged or is not a ZIP. Make it anew, or give the files."),
    "pile_protected": _("The archive is protected by a password. Give it without one."),
    "pile_line_too_long": _("A line of the list is too long. Put one link on each line."),
    "pile_unreadable": _("The list is not a text that can be read. Save it as UTF-8."),
    "no_pile": _("There is nothing at this address, or its days are over."),
    "no_receipt": _("There is no receipt yet, or none could be signed."),
    "stopped": _("It could not be looked at to its end. Verify it alone."),
    "receipt_unlike": _("This receipt is not whole. Give it as it was downloaded, unchanged."),
    "receipt_altered": _(
        "This receipt was changed after it was signed: its signature does not hold. Nothing in it "
        "can be relied on."
    ),
    "no_domain": _("This is no domain name. Write it as in example.org."),
    "no_holder": _("Nobody has proven this domain here, so nothing is issued in its name."),
    "format_unknown": _("This is answered as json or as xml: ask for one of the two."),
    "bound_unreadable": _("A greatest width or height is a whole number of pixels."),
    "busy": _("Too many badges are being checked right now. Try again in a minute."),
    "unreadable_upload": _("The upload was cut off or is not a form. Send it again."),
}

_STATUS = {
    "too_large": 413,
    "not_found": 404,
    "not_signed": 404,
    "not_anchored": 404,
    "no_list": 404,
    "no_endorsement": 404,
    "no_version": 404,
    "no_revocation_list": 404,
    "bad_page": 400,
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
    "hidden": 403,
    "kept_back": 403,
    "erased": 410,
    "not_on_paper": 409,
    "pile_too_large": 413,
    "pile_too_many": 413,
    "no_pile": 404,
    "no_holder": 404,
    "no_receipt": 404,
    "format_unknown": 501,
    "no_press": 503,
    "busy": 503,
    "too_many": 429,
}


def words(reason: str, message: str) -> str:
    """Return what to tell the reader: `message`, in the program's words, if there is no better."""
    return str(REFUSALS.get(reason, message))


def status(reason: str) -> int:
    """Return the HTTP status that goes with it."""
    return _STATUS.get(reason, 400)
