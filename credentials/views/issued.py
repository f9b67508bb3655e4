"""What was issued: found again, taken along as a table, and one with its whole story."""

import itertools
import uuid as uuids
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from badges import selectors as badges
from credentials import services
from credentials.core import separated
from credentials.forms.following import KeepForm, LookForm
from credentials.selectors import (
    cohorts,
    corrections,
    following,
    intakes,
    listing,
    looks,
    reminding,
)
from credentials.selectors import messages as questions
from credentials.serializers import following as words
from credentials.serializers import messages as said
from credentials.serializers import unsigned
from issuers import access, rules
from issuers.core.roles import Action
from learners import selectors as learners

PAGE = listing.PAGE
# No row has this key: what was chosen by a link is not there.
NOTHING = 0
# What a table may hold: a spreadsheet takes about a million lines.
LINES = 250_000


@require_safe
@access.member_may(Action.SEE_LEARNERS)
def credentials(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """List what was issued, the newest first, narrowed as the address says."""
    now = timezone.now()
    asked = sought(request, member, now)
    form = asked.form
    before, after = form.place("before"), form.place("after")
    found = listing.page(
        issuer=member.issuer,
        look=asked.look,
        before=before,
        after=None if before else after,
        limit=PAGE,
    )
    prepares = rules.may(member, Action.PREPARE_AWARD)
    withdraws = rules.may(member, Action.REVOKE_CREDENTIAL)
    context = {
        "form": form,
        "rows": [
            (row, words.standing(row, now=now, is_corrected=row.pk in found.replaced))
            for row in found.rows
        ],
        "next": form.address(before=found.following) if found.following else "",
        "previous": form.address(after=found.preceding) if found.preceding else "",
        "first": form.address() if found.preceding else "",
        "table": form.address(),
        "query": form.query(),
        "looks": looks.kept_looks(issuer=member.issuer),
        "keep": KeepForm() if form.is_narrowed and prepares else None,
        "learner": asked.learner,
        "intake": asked.intake,
        "session": asked.session,
        "is_choosing": prepares or withdraws,
        "may_prepare": prepares,
        "may_withdraw": withdraws,
    }
    return render(request, "console/credentials/list.html", context)


@require_safe
@access.member_may(Action.SEE_LEARNERS)
def table(request: HttpRequest, member: access.Membership) -> StreamingHttpResponse:
    """Send what was found as CSV."""
    now = timezone.now()
    look = sought(request, member, now).look
    rows = listing.walk(issuer=member.issuer, look=look, limit=LINES + 1)
    address = f"{settings.PUBLIC_URL}/credentials/"
    lines = words.table(rows, now=now, address=address, most=LINES)
    return StreamingHttpResponse(
        _written(lines, language=get_language() or settings.LANGUAGE_CODE),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="credentials-{member.issuer.slug}.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _written(lines: Iterator[Sequence[str]], *, language: str) -> Iterator[bytes]:
    """Write lines by the thousand: one by one, each would be a packet."""
    separator = separated.separator_for(language)
    yield b"\xef\xbb\xbf"
    while True:
        with translation.override(language):  # the request is over by now
            piece = list(itertools.islice(lines, listing.PIECE))
        if not piece:
            return
        yield separated.write(piece, separator=separator).encode()


@require_safe
@access.member_may(Action.SEE_LEARNERS)
def credential(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show one: how it stands, what it says of whom, its record, and all that happened to it."""
    found = find(member, uuid)
    now = timezone.now()
    correction = corrections.direct_correction(credential=found)
    is_corrected = correction is not None and correction.state == found.State.SIGNED
    standing = words.standing(found, now=now, is_corrected=is_corrected)
    may = rules.may(member, Action.REVOKE_CREDENTIAL)
    can = {
        act: may and not following.obstacle(found, act=act)
        for act in ("revoke", "suspend", "reinstate")
    }
    context = {
        "credential": found,
        "standing": standing,
        "unsigned": unsigned.why(found.refusal) if found.refusal else None,
        "has_reference": not services.is_derived(credential=found),
        "records": words.records(following.placings(credential=found)),
        "story": [
            (each, unsigned.why(each.note) if each.kind == each.Kind.REFUSED else None)
            for each in following.story(credential=found)
        ],
        "is_signed": found.state == found.State.SIGNED,
        "may_correct": rules.may(member, Action.PREPARE_AWARD) and is_correctable(found),
        "may": can,
        "may_readdress": rules.may(member, Action.ENROL_LEARNER),
        "correction": correction,
        "corrected": corrections.corrected(credential=found),
        "came_with": corrections.came_with(credential=found),
        "mail": [
            (each, said.TONES[each.state], said.REMEDIES[each.state])
            for each in questions.messages_of(credential=found)
        ],
        "next_reminder": reminding.next_reminder(issuer=member.issuer, credential=found, now=now),
        "may_tell": rules.may(member, Action.PREPARE_AWARD)
        and found.state == found.State.SIGNED
        and not found.is_revoked,
        "stands_for_good": found.state == found.State.SIGNED and found.status_list_id is None,
    }
    return render(request, "console/credentials/one.html", context)


def find(member: access.Membership, uuid: uuids.UUID) -> following.Issued:
    """Return one of the member's organisation.

    Raises:
        Http404: there is none.
    """
    found = following.find_issued(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found


def is_correctable(found: following.Issued) -> bool:
    """Say whether a credential can be issued anew: what is wrong is revoked then."""
    return not following.obstacle(found, act="revoke")


@dataclass(frozen=True, slots=True)
class Sought:
    """What an address looks for.

    Attributes:
        form: its filters.
        look: the same, for the question.
        learner: whose credentials alone are looked for; None where anybody's.
        intake: the list alone that they came with; None where any.
        session: the session alone that they were issued to; None where any.
    """

    form: LookForm
    look: listing.Look
    learner: learners.Learner | None
    intake: intakes.Intake | None
    session: cohorts.Placed | None


def sought(request: HttpRequest, member: access.Membership, now: datetime) -> Sought:
    """Return what an address looks for; what is chosen there and not to be found finds nothing."""
    rows = badges.ever_published(issuer=member.issuer)
    form = LookForm(request.GET, badges=[(str(row.uuid), words.version(row)) for row in rows])
    known = {str(row.uuid): row.pk for row in rows}
    whose, which = form.uuid("learner"), form.uuid("list")
    learner = (
        learners.find_by_name(issuer=member.issuer, name=str(whose)) if whose is not None else None
    )
    intake = intakes.find_intake(issuer=member.issuer, uuid=which) if which is not None else None
    session = (
        cohorts.placed(issuer=member.issuer, uuid=form.uuid("session"))
        if request.GET.get("session")
        else None
    )
    since, until = form.span()
    look = listing.Look(
        achievement_id=known.get(form.text("badge")),
        state=form.text("state"),
        words=form.text("words"),
        learner_id=learner.pk if learner is not None else NOTHING if whose else None,
        intake_id=intake.pk if intake is not None else NOTHING if which else None,
        intake_ids=None if session is None else session.lists,
        since=since,
        until=until,
        now=now,
    )
    return Sought(form, look, learner, intake, session)


def chosen(
    request: HttpRequest, member: access.Membership, looked: Sought, *, most: int
) -> Sequence[int]:
    """Return the keys of what was ticked; of all that is looked for where that was asked.

    One more than `most` where there are more.
    """
    if request.GET.get("all"):
        return listing.keys(issuer=member.issuer, look=looked.look, limit=most + 1)
    names = set()
    for text in request.GET.getlist("chosen")[: most + 1]:
        try:
            names.add(uuids.UUID(text))
        except ValueError:
            continue
    return following.keys_of(issuer=member.issuer, names=names)
