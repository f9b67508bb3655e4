"""How e-mails to learners read: written side by side in each language, and seen before they go."""

from collections.abc import Sequence

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from credentials.core import letters as words
from credentials.forms.messages import LettersForm
from credentials.selectors import messages as questions
from credentials.services import letters, retelling, telling
from issuers import access
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action

Kind = questions.Kind
EDIT = require_http_methods(["GET", "HEAD", "POST"])
# The page that an e-mail is shown on, in a frame of ours.
AS_A_LETTER = csp_replace(
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "font-src": [NONE],
        "connect-src": [NONE],
        # The styles of the e-mail stand in its elements; they are ours, and nothing runs here.
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "sandbox": [""],
    }
)


@require_safe
@access.member_may(Action.EDIT_ORGANISATION)
def kinds(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show what kinds of e-mails there are, and which read otherwise than the standard."""
    own = questions.wordings(issuer=member.issuer)
    shown = [
        (kind, Kind(kind).label, [language for known, language in own if known == kind])
        for kind in Kind.values
    ]
    return render(request, "console/mail/kinds.html", {"kinds": shown})


@EDIT
@csp_update({"frame-src": [SELF]})
@access.member_may(Action.EDIT_ORGANISATION)
def edit(request: HttpRequest, member: access.Membership, kind: str) -> HttpResponse:
    """Write one kind of e-mail; save it, or send it to oneself first."""
    form = _form(request, member, kind)
    if request.method == "POST" and form.is_valid():
        trial = request.POST.get("trial", "")
        if trial in form.letters:
            _send_trial(request, member, kind, trial, form.letters[trial])
        else:
            retelling.word(
                issuer=member.issuer,
                kind=kind,
                texts=form.letters,
                actor=member.user,
                now=timezone.now(),
            )
            messages.success(request, _("Saved. E-mails that leave from now on read so."))
            return redirect("console-message", slug=member.issuer.slug, kind=kind)
    context = {
        "form": form,
        "kind": kind,
        "label": Kind(kind).label,
        "known": [f"[{each}]" for each in (*letters.known_of(kind), words.LINK)],
        "is_own": any(known == kind for known, _l in questions.wordings(issuer=member.issuer)),
    }
    return render(request, "console/mail/edit.html", context)


@EDIT
@xframe_options_sameorigin
@AS_A_LETTER
@access.member_may(Action.EDIT_ORGANISATION)
def preview(request: HttpRequest, member: access.Membership, kind: str) -> HttpResponse:
    """Show an e-mail as it is being written, with made-up values: both parts, in one language."""
    form = _form(request, member, kind)
    language = request.POST.get("show", "")
    language = language if language in letters.LANGUAGES else member.issuer.language[:2]
    language = language if language in letters.LANGUAGES else letters.LANGUAGES[0]
    problems: list[str] = []
    written = None
    if form.is_bound:
        form.is_valid()
        letter = getattr(form, "letters", {}).get(language)
        fields = (f"subject_{language}", f"body_{language}")
        problems = [str(error) for name in fields for error in form.errors.get(name, [])]
    else:
        letter = telling.letter_of(issuer=member.issuer, kind=kind, language=language)
    if letter is not None:
        written = letters.sample(issuer=member.issuer, letter=letter, language=language)
    return shown(request, written, language=language, problems=problems)


def shown(
    request: HttpRequest,
    written: letters.Written | None,
    *,
    language: str,
    problems: Sequence[str] = (),
) -> HttpResponse:
    """Answer with an e-mail as it would be read, or with what keeps it from being written."""
    context = {
        "written": written,
        "html": letters.shown(written) if written is not None else "",
        "problems": problems,
        "language": language,
    }
    return render(request, "console/mail/preview.html", context)


@CONFIRM
@access.member_may(Action.EDIT_ORGANISATION)
def standard(request: HttpRequest, member: access.Membership, kind: str) -> HttpResponse:
    """Go back to the standard words, after a question."""
    _known(kind)
    back = reverse("console-message", kwargs={"slug": member.issuer.slug, "kind": kind})
    if request.method == "POST":
        texts = {
            language: letters.standard(kind=kind, language=language)
            for language in letters.LANGUAGES
        }
        retelling.word(
            issuer=member.issuer, kind=kind, texts=texts, actor=member.user, now=timezone.now()
        )
        messages.success(request, _("E-mails read as the standard again."))
        return redirect(back)
    return ask(
        request,
        title=_("Back to the standard words?"),
        about=_("What you wrote is deleted, in both languages."),
        act=_("Back to the standard"),
        back=back,
        is_grave=True,
    )


def _known(kind: str) -> None:
    if kind not in Kind.values:
        raise Http404


def _form(request: HttpRequest, member: access.Membership, kind: str) -> LettersForm:
    _known(kind)
    said = {
        language: telling.letter_of(issuer=member.issuer, kind=kind, language=language)
        for language in letters.LANGUAGES
    }
    return LettersForm(request.POST or None, said=said, known=letters.known_of(kind))


def _send_trial(
    request: HttpRequest,
    member: access.Membership,
    kind: str,
    language: str,
    letter: words.Letter,
) -> None:
    try:
        retelling.send_trial(issuer=member.issuer, language=language, letter=letter, to=member.user)
    except (OSError, ValidationError):
        messages.error(request, _("The e-mail could not be sent just now. Try again later."))
    else:
        said = _("Sent to %(email)s, as it stands here. It is not saved yet.")
        messages.success(request, said % {"email": member.user.email})
