"""The mailbox of the embedded stack: what would have been sent, to be read in the browser.

    GET /mailbox                      the newest e-mails
    GET /mailbox/FILE/PLACE           one: who, what, its text, its HTML in a frame
    GET /mailbox/FILE/PLACE/html      its HTML, where nothing runs and nothing is loaded

Codes to sign in are among them. So it exists only where e-mail goes to a folder, the pages are this
machine's own (their public address says localhost), the setting asks for it, which the embedded
stack alone makes, and whoever asks is on this machine. Anywhere else it is 404.
"""

import ipaddress
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

P = ParamSpec("P")
# What Django writes after each e-mail of a file.
END = b"\n" + b"-" * 79 + b"\n"
NAME = re.compile(r"[0-9A-Za-z_-]{1,80}\.log")
# Of a file that a hundred thousand learners made, the end is shown.
FILES, MESSAGES, BYTES = 50, 100, 4_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """An e-mail in the folder.

    Attributes:
        file: In which file.
        place: Where it begins there, in bytes.
        message: What it is.
    """

    file: str
    place: int
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["subject"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["from"] or "")

    @property
    def to(self) -> str:
        return str(self.message["to"] or "")

    @property
    def at(self) -> object:
        try:
            return parsedate_to_datetime(str(self.message["date"]))
        except (TypeError, ValueError):
            return None

    def text(self) -> str:
        """Return its plain part."""
        return _part(self.message, "plain")

    def html(self) -> str:
        """Return its HTML, with the pictures that came along in it."""
        html = _part(self.message, "html")
        for each in self.message.walk():
            name = str(each["content-id"] or "").strip("<>")
            content = each.get_payload(decode=True)
            if name and isinstance(content, bytes) and each.get_content_type() == "image/png":
                data = b64encode(content).decode()
                html = html.replace(f"cid:{name}", f"data:image/png;base64,{data}")
        return html


def _here_only(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let the page exist for whoever sits at this machine, where the embedded stack asks for it."""

    @require_safe
    @never_cache
    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.MAILBOX or not _is_this_machine(request.META.get("REMOTE_ADDR", "")):
            raise Http404
        return view(request, *args, **kwargs)

    return door


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:  # empty over a unix socket: then a proxy stands before us
        return False


@_here_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the newest e-mails."""
    found = []
    for each in _newest():
        found.append(each)
        if len(found) == MESSAGES:
            break
    return render(request, "mailbox/list.html", {"found": found, "most": MESSAGES})


@csp_update({"frame-src": [SELF]})
@_here_only
def letter(request: HttpRequest, name: str, place: int) -> HttpResponse:
    """Show one."""
    return render(request, "mailbox/one.html", {"each": _find(name, place)})


@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "font-src": [NONE],
        "connect-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        # Links open in another tab, and nowhere else.
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
@_here_only
def html(request: HttpRequest, name: str, place: int) -> HttpResponse:
    """Show the HTML of one, for the frame."""
    found = _find(name, place).html()
    if not found:
        raise Http404
    return HttpResponse(found.replace("<head>", '<head><base target="_blank">', 1))


def _folder() -> Path:
    return Path(str(getattr(settings, "EMAIL_FILE_PATH", "")))


def _newest() -> Iterator[Found]:
    """Yield e-mails, the newest first."""
    try:
        files = [each for each in _folder().iterdir() if NAME.fullmatch(each.name)]
        files.sort(key=lambda each: (each.stat().st_mtime_ns, each.name), reverse=True)
    except OSError:  # there is no folder before the first e-mail
        return
    for file in files[:FILES]:
        yield from reversed(_of_file(file))


def _of_file(file: Path) -> list[Found]:
    size = file.stat().st_size
    start = max(size - BYTES, 0)
    with file.open("rb") as stream:
        stream.seek(start)
        content = stream.read(BYTES)
    place, found = 0, []
    if start:  # the first one is a part
        place = content.find(END) + len(END)
    while (end := content.find(END, place)) >= 0:
        found.append(Found(file.name, start + place, _read(content[place:end])))
        place = end + len(END)
    return found


def _find(name: str, place: int) -> Found:
    """Return one e-mail.

    Raises:
        Http404: there is none.
    """
    if not NAME.fullmatch(name):
        raise Http404
    try:
        with (_folder() / name).open("rb") as stream:
            if place:  # where one begins, another ended
                stream.seek(max(place - len(END), 0))
                if stream.read(len(END)) != END:
                    raise Http404
            content = stream.read(BYTES)
    except (OSError, OverflowError):
        raise Http404 from None
    end = content.find(END)
    if end < 0:
        raise Http404
    return Found(name, place, _read(content[:end]))


def _read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("The policy makes e-mails.")
    return message


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    if body is None:
        return ""
    try:
        content = body.get_content()
    except (LookupError, UnicodeError):
        return ""
    return str(content)


urlpatterns = [
    path("mailbox", mailbox, name="mailbox"),
    path("mailbox/<str:name>/<int:place>", letter, name="mailbox-letter"),
    path("mailbox/<str:name>/<int:place>/html", html, name="mailbox-html"),
]
