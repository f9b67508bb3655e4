"""A list on its way to awards: handed over, understood, looked at, confirmed."""

import json
import uuid as uuids
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges import selectors as badges
from badges.core.document import DocumentError
from credentials import forms, services
from credentials.core import days
from credentials.core.sheets import UnreadableSheet
from credentials.forms.issuing import IssueForm
from credentials.selectors import intakes
from credentials.serializers import intakes as words
from credentials.serializers import unsigned
from credentials.services import refusing
from credentials.views import answers, cohorts
from issuers import access
from issuers.access.questions import CONFIRM, ask
from issuers.core import zones
from issuers.core.envelope import EnvelopeError
from issuers.core.roles import Action

if TYPE_CHECKING:
    from badges.models import Achievement

SAMPLES = 3
SHOWN = 10
MISTAKES = 50
SAMPLE = (
    ("Prénom", "Nom", "Courriel", "Référence", "Obtenu le"),
    ("Léa", "Roy", "lea.roy@example.org", "2026-001", "2026-01-31"),
    ("Awa", "Diallo", "awa.diallo@example.org", "2026-002", "2026-01-31"),
)


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def upload(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Take a list in."""
    offered = offered_badges(member)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.ListForm(*given, badges=offered, initial={"badge": request.GET.get("badge", "")})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            intake = services.upload(
                issuer=member.issuer,
                achievement=badge_of(member, form.cleaned_data["badge"]),
                name=file.name or "",
                content=file.read(),
                actor=member.user,
                now=timezone.now(),
            )
        except UnreadableSheet as refusal:
            form.add_error("file", words.unreadable_words(refusal))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _to("columns", member, intake.uuid)
    return render(request, "console/lists/upload.html", {"form": form, "offered": offered})


@require_safe
@access.member_may(Action.PREPARE_AWARD)
def sample(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Give a list to begin with."""
    return _csv(SAMPLE, name="acquis.csv")


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def columns(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Ask what the columns of a list mean."""
    intake = _draft(member, uuid)
    if request.method == "POST" and request.POST.get("sheet"):
        return _other_sheet(request, member, intake)
    try:
        sheet = services.table_of(intake=intake)
    except services.NotDraft:  # one learner from a form: there is no table
        raise Http404 from None
    except EnvelopeError:
        messages.error(request, _("What was kept of it cannot be opened: hand it over again."))
        return redirect("console-lists", slug=member.issuer.slug)
    choice = services.choice_of(intake=intake)
    told = {at: field for field, at in choice.columns.items()}
    form = forms.ColumnsForm(
        request.POST or None,
        headings=sheet.headings,
        fields=words.FIELD_NAMES,
        initial={
            "order": choice.order, "day": choice.day, "until": choice.until,
            "rename": choice.rename,
            **{f"column_{at}": field for at, field in told.items()},
        },
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        chosen = form.columns()
        order = services.order_of(sheet=sheet, columns=chosen)
        said = form.cleaned_data
        if order is None and not said["order"]:
            form.add_error("order", _("No day of this list tells: say which it is."))
        else:
            services.check(
                issuer=member.issuer,
                intake=intake,
                choice=services.Choice(
                    columns=chosen,
                    order=order or said["order"] or days.DAY_FIRST,
                    day=said["day"],
                    until=said["until"],
                    rename=said["rename"],
                ),
                now=timezone.now(),
            )
            return _to("look", member, intake.uuid)
    first = [cells for _line, cells in sheet.rows[:200]]
    context = {
        "intake": intake,
        "form": form,
        "how": words.how_it_was_read(sheet),
        "names": sheet.names,
        "name": sheet.name,
        "columns": [
            {
                "heading": heading,
                "samples": list(dict.fromkeys(row[at] for row in first if row[at]))[:SAMPLES],
                "field": form[f"column_{at}"],
            }
            for at, heading in enumerate(sheet.headings)
        ],
        "asks_order": "order" in form.errors
        or services.order_of(sheet=sheet, columns=choice.columns) is None,
    }
    return render(request, "console/lists/columns.html", context)


def _other_sheet(
    request: HttpRequest, member: access.Membership, intake: intakes.Intake
) -> HttpResponse:
    try:
        services.use_sheet(
            issuer=member.issuer, intake=intake, sheet=request.POST["sheet"], now=timezone.now()
        )
    except services.NotDraft:
        raise Http404 from None
    except UnreadableSheet as refusal:
        messages.error(request, words.unreadable_words(refusal))
    return _to("columns", member, intake.uuid)


@require_safe
@access.member_may(Action.PREPARE_AWARD)
def look(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show what would come of a list; nothing is written."""
    intake = _draft(member, uuid)
    checked = _checked(intake)
    if checked is None:
        return _to("columns", member, uuid)
    choice = services.choice_of(intake=intake)
    mistakes = [each for _line, found in sorted(checked.rejected.items()) for each in found]
    context = {
        "intake": intake,
        "counts": checked.counts,
        "rows": [
            {
                "row": row, "place": place, "was": checked.renamed.get(row.email, ""),
                "from": row.valid_from or services.starts_at(choice.day),
            }
            for place, row in enumerate(checked.rows[:SHOWN])
        ],
        "more": max(len(checked.rows) - SHOWN, 0),
        "mistakes": words.shown_mistakes(
            mistakes[:MISTAKES], headings=checked.headings, columns=choice.columns
        ),
        "mistakes_more": max(len(mistakes) - MISTAKES, 0),
        "rename": choice.rename,
        "has_references": "reference" in choice.columns,
    }  # fmt: skip
    return render(request, "console/lists/look.html", context)


@require_safe
@access.member_may(Action.PREPARE_AWARD)
def left_out(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Give the rows that were left out, as they came, with what is wrong in a column more."""
    intake = _find(member, uuid)
    checked = _checked(intake)
    if checked is None or not checked.rejected:
        raise Http404
    said = services.choice_of(intake=intake).columns
    lines = [(*checked.headings, _("Row"), _("What is wrong"))]
    for line, found in sorted(checked.rejected.items()):
        shown = words.shown_mistakes(found, headings=checked.headings, columns=said)
        wrong = "; ".join(f"{each.column}: {each.expected}. {each.remedy}" for each in shown)
        lines.append((*checked.cells[line], str(line), wrong))
    return _csv(lines, name=f"acquis-{intake.uuid.hex[:8]}.csv")


@require_safe
@access.member_may(Action.PREPARE_AWARD)
def row(
    request: HttpRequest, member: access.Membership, uuid: uuids.UUID, place: int
) -> HttpResponse:
    """Show what will be signed for one row."""
    intake = _draft(member, uuid)
    checked = _checked(intake)
    if checked is None or place >= len(checked.rows):
        raise Http404
    found = checked.rows[place]
    day = services.starts_at(services.choice_of(intake=intake).day)
    starts = found.valid_from or day or timezone.now()
    document = ""
    problem: unsigned.Why | None = None
    try:
        written = services.preview_award(
            issuer=member.issuer,
            achievement=intake.achievement,
            name=found.name,
            email=found.email,
            valid_from=starts,
            valid_until=found.valid_until,
        )
        document = json.dumps(written, indent=2, ensure_ascii=False, default=str)
    except DocumentError as refusal:
        problem = unsigned.why(refusing.reason(refusal))
    context = {
        "intake": intake, "row": found, "starts": starts, "document": document, "problem": problem,
        "place": place, "following": place + 1 if place + 1 < len(checked.rows) else None,
    }  # fmt: skip
    return render(request, "console/lists/row.html", context)


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def confirm(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Say what happens then, and let it happen once the number was typed."""
    intake = _draft(member, uuid)
    checked = _checked(intake)
    if checked is None or not checked.rows:
        return _to("look" if checked else "columns", member, uuid)
    number = len(checked.rows)
    now, issuer = timezone.now(), member.issuer
    form = IssueForm(
        request.POST or None,
        number=number,
        now=now,
        cohorts=cohorts.offered(member, also=intake.cohort),
        initial={
            "zone": zones.zone_of(country=issuer.country, region=issuer.region),
            "cohort": str(intake.cohort.uuid) if intake.cohort else "",
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm(
                issuer=issuer,
                intake=intake,
                actor=member.user,
                sign_after=form.cleaned_data["sign_after"],
                now=now,
                tells=form.cleaned_data["tells"],
                cohort=cohorts.cohort_of(form, member, now),
            )
        except services.NotDraft:
            raise Http404 from None
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _to("list", member, uuid)
    context = {
        "intake": intake, "form": form, "counts": checked.counts, "number": number,
        "first": checked.rows[0], "rename": services.choice_of(intake=intake).rename,
        "asks_second": member.issuer.four_eyes,
    }  # fmt: skip
    return render(request, "console/lists/confirm.html", context)


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def throw_away(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Delete a list that was not confirmed."""
    intake = _draft(member, uuid)
    if request.method == "POST":
        try:
            services.throw_away(issuer=member.issuer, intake=intake)
        except services.NotDraft:
            raise Http404 from None
        messages.success(request, _("The list was deleted. Nothing was issued."))
        return redirect("console-lists", slug=member.issuer.slug)
    return ask(
        request,
        title=_("Delete this list?"),
        about=_("Nothing was issued from it. You can hand it over again."),
        act=_("Delete"),
        back=reverse("console-lists", kwargs={"slug": member.issuer.slug}),
        is_grave=True,
    )


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def enter(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Take one learner in; what follows is the same as for a list."""
    offered = offered_badges(member)
    form = forms.LearnerForm(
        request.POST or None,
        badges=offered,
        initial={
            "language": member.issuer.language, "day": timezone.localdate(),
            "badge": request.GET.get("badge", ""),
        },
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            intake = services.enter(
                issuer=member.issuer,
                achievement=badge_of(member, said["badge"]),
                entries=[said],
                choice=services.Choice(columns={}, day=said["day"], until=said["until"]),
                actor=member.user,
                now=timezone.now(),
            )
        except services.Refused as refusal:
            for each in words.shown_mistakes(refusal.mistakes, headings=(), columns={}):
                form.add_error(None, f"{each.column}: {each.expected}. {each.remedy}")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            if intake.counts["awards"]:
                return _to("confirm", member, intake.uuid)
            services.throw_away(issuer=member.issuer, intake=intake)
            form.add_error(None, _("This was issued before: another reference issues again."))
    return render(request, "console/lists/enter.html", {"form": form, "offered": offered})


def offered_badges(member: access.Membership) -> list[tuple[str, str]]:
    """Return the badges that can be issued, as a form offers them."""
    found = badges.published_by(issuer=member.issuer)
    return [(str(each.uuid), each.name) for each in found]


def badge_of(member: access.Membership, uuid: str) -> "Achievement":
    """Return a badge that can be issued.

    Raises:
        ValidationError: it can be issued no more.
    """
    for each in badges.published_by(issuer=member.issuer):
        if str(each.uuid) == uuid:
            return each
    raise ValidationError({"badge": _("This badge can be issued no more.")})


def _find(member: access.Membership, uuid: uuids.UUID) -> intakes.Intake:
    found = intakes.find_intake(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found


def _draft(member: access.Membership, uuid: uuids.UUID) -> intakes.Intake:
    found = _find(member, uuid)
    if found.state != found.State.DRAFT:
        raise Http404
    return found


def _checked(intake: intakes.Intake) -> services.Checked | None:
    try:
        return services.checked_of(intake=intake)
    except EnvelopeError:  # SECRET_KEY is another: it has to be handed over again
        return None


def _to(page: str, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    name = "console-list" if page == "list" else f"console-list-{page}"
    return redirect(name, slug=member.issuer.slug, uuid=uuid)


def _csv(lines: Iterable[Sequence[str]], *, name: str) -> HttpResponse:
    response = HttpResponse(answers.spreadsheet(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
