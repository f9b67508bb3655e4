"""The doors for programs: reports as JSON, from any origin, without a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.utils import timezone, translation
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from credentials import selectors, services
from credentials.core import canonical
from credentials.forms import MAX_BODY_BYTES, MAX_UPLOAD_BYTES
from credentials.forms.bodies import client, content_length
from credentials.selectors import transcripts
from credentials.selectors.holding import privacy
from credentials.serializers import present_verification, refusal_status, refusal_words, report_json
from issuers import selectors as issuers

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from rest_framework.request import Request


class Refused(APIException):
    """What was asked cannot be answered with a report; `code` is stable, `detail` is for people."""

    def __init__(self, code: str, message: str = "", *, wait: int | None = None) -> None:
        super().__init__({"code": code, "detail": refusal_words(code, message), "message": message})
        self.status_code = refusal_status(code)
        if wait is not None:
            # Django REST framework makes Retry-After of it.
            self.wait = wait


class DocumentParser(BaseParser):
    """Takes any body for the document itself, as bytes: only a strict reader may interpret it."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Mapping[str, bytes]:
        """Read one byte more than is allowed: the service then says that it is too much."""
        return {"body": bytes(stream.read(MAX_UPLOAD_BYTES + 1))}


class PublicView(APIView):
    """Anyone may ask, from any page: without cookie and session there is nothing to protect."""

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Let scripts of any origin read the answer; nobody stores it: it may change tomorrow."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Access-Control-Allow-Origin"] = "*"
        final["Access-Control-Allow-Methods"] = ", ".join(self.allowed_methods)
        final["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
        final["Cache-Control"] = "no-store"
        final["X-Robots-Tag"] = "noindex"
        return final


class CredentialReport(PublicView):
    """GET /credentials/<token>/report.json: the report of one credential of this installation."""

    def get(self, request: Request, token: str) -> Response:
        credential = selectors.find_by_token(token=token)
        if credential is None:
            raise Refused("not_found")
        shown = privacy.shown_of(credential=credential)
        if shown.is_hidden:
            raise Refused("hidden")
        try:
            return _answer(
                services.verify_credential(credential=credential, now=timezone.now(), shown=shown)
            )
        except selectors.NotSigned:
            raise Refused("not_signed") from None
        except selectors.Erased:
            raise Refused("erased") from None


class TranscriptReport(PublicView):
    """GET /transcripts/<token>/report.json: the report of one transcript and of its badges."""

    def get(self, request: Request, token: str) -> Response:
        transcript = transcripts.find_by_token(token=token)
        if transcript is None:
            raise Refused("not_found")
        shown = privacy.shown_of_transcript(transcript=transcript)
        if shown.is_hidden:
            raise Refused("hidden")
        try:
            return _answer(
                services.verify_transcript(transcript=transcript, now=timezone.now(), shown=shown)
            )
        except selectors.NotSigned:
            raise Refused("not_signed") from None
        except selectors.Erased:
            raise Refused("erased") from None


class Verify(PublicView):
    """POST /api/verify: the report of what is sent.

    The body is a badge: a document (JSON), a token (JWS), an image (PNG, SVG) or a certificate
    (PDF); or {"url": "…"} and nothing else; or a form (multipart) with `file`, and perhaps
    `receipt`, `name` and `email`.
    """

    parser_classes = [MultiPartParser, DocumentParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a large body before any of it is read."""
        super().initial(request, *args, **kwargs)
        if content_length(request) > MAX_BODY_BYTES:
            raise Refused("too_large")
        if request.method != "POST":
            return
        wait = services.admit(**client(request), now=timezone.now())
        if wait is not None:
            raise Refused("too_many", wait=wait)

    def post(self, request: Request) -> Response:
        data, given = _given(request)
        try:
            url = _only_url(data)
            if url is not None:
                return _answer(services.verify_address(url=url, now=timezone.now()))
            return _answer(services.verify_document(data=data, now=timezone.now(), **given))
        except services.Unverifiable as error:
            _refuse(error)


def _answer(verification: services.Verification) -> Response:
    presentation = present_verification(verification)
    language = translation.get_language() or settings.LANGUAGE_CODE
    proven = (
        None
        if presentation.stranger
        else issuers.proven_domains_of(identifier=presentation.issuer.id, now=timezone.now())
    )
    checks = verification.report.checks
    return Response(report_json(presentation, checks, language=language, proven=proven or ()))


def _refuse(error: services.Unverifiable) -> NoReturn:
    raise Refused(error.reason, str(error)) from error


def _given(request: Request) -> tuple[bytes, dict[str, Any]]:
    """Return the bytes to verify and what came along with them."""
    data = request.data
    if not isinstance(data, Mapping):
        return b"", {}
    if isinstance(data.get("body"), bytes):
        return data["body"], {}
    file, receipt = request.FILES.get("file"), request.FILES.get("receipt")
    identity = tuple(
        (kind, str(data[field]))
        for kind, field in (("name", "name"), ("emailAddress", "email"))
        if data.get(field)
    )
    return (
        _read(file, MAX_UPLOAD_BYTES),
        {"receipt": _read(receipt, canonical.MAX_BYTES) or None, "identity": identity},
    )


def _read(file: UploadedFile[Any] | None, limit: int) -> bytes:
    return b"" if file is None else bytes(file.read(limit + 1))


def _only_url(data: bytes) -> str | None:
    """Return the address where the body is {"url": "…"} and nothing else."""
    try:
        members = canonical.loads(data)
    except canonical.MalformedDocument:
        return None
    if members.keys() == {"url"} and isinstance(members["url"], str):
        return members["url"]
    return None
