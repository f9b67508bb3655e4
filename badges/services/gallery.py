"""The gallery: starting points from which a badge is designed.

Each is told in every language that the catalogue has, so that a badge begins in French and English
at once. What stands in [square brackets] is for the organisation to fill in.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from badges.core.drawing import Drawing
from badges.models import Achievement

_FOREST, _OCEAN, _PLUM, _BRICK, _SLATE, _NIGHT = (
    ("#0b4a3c", "#1f9e7a", "#f2b632"),
    ("#0f3d66", "#2f86c9", "#f4c542"),
    ("#4a1d5c", "#9a4fb8", "#f0c04a"),
    ("#7a2418", "#d0583a", "#f6d365"),
    ("#26323f", "#5d7489", "#e9b44c"),
    ("#1b2260", "#4557c9", "#7fd6b8"),
)
PALETTES = {
    "forest": _FOREST, "ocean": _OCEAN, "plum": _PLUM, "brick": _BRICK, "slate": _SLATE,
    "night": _NIGHT,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A badge to begin with.

    Attributes:
        key: Its name in addresses.
        label: What it is called in the gallery.
        about: When to take it, in one sentence.
        name: Of the badge; as the texts below, in the language that is active.
        description: What it stands for.
        criteria: What it takes.
        tags: Keywords, with commas between them.
        caption: What the image shows.
        look: The image.
        kind: The word of Open Badges for it.
        validity_months: How long an award is valid.
        standing: What may become of an award.
        needs_evidence: Whether an award has to show what it rests on.
        is_blank: Whether it says nothing, so that one language is enough.
    """

    key: str
    label: StrOrPromise
    about: StrOrPromise
    name: StrOrPromise
    description: StrOrPromise = ""
    criteria: StrOrPromise = ""
    tags: StrOrPromise = ""
    caption: StrOrPromise = ""
    look: Drawing
    kind: str = "MicroCredential"
    validity_months: int | None = None
    standing: str = Achievement.Standing.REVOCABLE
    needs_evidence: bool = False
    is_blank: bool = False


STARTS = (
    Start(
        key="attendance",
        label=_("Attendance"),
        about=_("Somebody took part; nothing was assessed."),
        name=_("[Title of the training]: took part"),
        description=_(
            "Took part in the training “[Title of the training]” ([number] hours), given by "
            "[trainer or team]."
        ),
        criteria=_(
            "- Attended at least [80] % of the sessions, as the attendance sheets show\n"
            "- Took part in the exercises\n\n"
            "Nothing was assessed: this badge says that somebody was there, not what they can do."
        ),
        tags=_("attendance, training"),
        caption=_("A blue circle with three people"),
        look=Drawing(shape="circle", colours=_OCEAN, icon="people"),
        kind="Badge",
    ),
    Start(
        key="course",
        label=_("Course completed"),
        about=_("A course was followed to its end, and a final test was passed."),
        name=_("[Title of the course]"),
        description=_(
            "Completed the course “[Title of the course]” ([number] hours, [on site or online]) "
            "and passed its final test."
        ),
        criteria=_(
            "- Completed every module of the course\n"
            "- Reached at least [70] % in the final test\n"
            "- Handed in the practical work of each module"
        ),
        tags=_("course, continuing education"),
        caption=_("A green hexagon with an open book"),
        look=Drawing(shape="hexagon", colours=_FOREST, icon="book"),
        kind="CertificateOfCompletion",
    ),
    Start(
        key="skill",
        label=_("Skill"),
        about=_("Somebody showed that they can do one thing, and was assessed doing it."),
        name=_("Leading a meeting"),
        description=_(
            "Prepares a meeting, leads it so that everybody is heard, and brings it to decisions "
            "that are written down and followed."
        ),
        criteria=_(
            "Led a real or simulated meeting in front of an assessor, who observed that the person:"
            "\n\n"
            "- sets a purpose and an agenda, and keeps to the time\n"
            "- lets everybody speak, and deals with disagreement\n"
            "- sums up the decisions, with who does what by when"
        ),
        tags=_("communication, teamwork, leading a meeting"),
        caption=_("A violet hexagon with two speech bubbles"),
        look=Drawing(shape="hexagon", colours=_PLUM, icon="speech"),
        kind="Competency",
    ),
    Start(
        key="block",
        label=_("Competency block of a certification"),
        about=_("A block (bloc de compétences) of a certification of the RNCP was validated."),
        name=_("[Title of the block]"),
        description=_(
            "Validated the competency block “[Title of the block]” of the certification “[Title of "
            "the certification]”. It counts towards that certification."
        ),
        criteria=_(
            "Assessed by a jury as the reference framework of the certification says:\n\n"
            "- [First competency of the block]\n"
            "- [Second competency of the block]\n"
            "- [Third competency of the block]\n\n"
            "Assessment: [practical case, portfolio, interview]."
        ),
        tags=_("certification, competency block, RNCP"),
        caption=_("A dark blue shield with a compass and a ribbon"),
        look=Drawing(shape="shield", colours=_NIGHT, icon="compass", ribbon="RNCP"),
        kind="ext:BlocDeCompetences",
    ),
    Start(
        key="safety",
        label=_("Safety training"),
        about=_("Has to be renewed: it ends after two years, and can be suspended."),
        name=_("First aid at work"),
        description=_(
            "Can protect, examine, alert and help in case of an accident at work, and report "
            "dangers so that they are dealt with."
        ),
        criteria=_(
            "- Followed 14 hours of training, [on site]\n"
            "- Handled two simulated accidents to the satisfaction of an authorised trainer\n\n"
            "To stay valid it has to be refreshed every 24 months."
        ),
        tags=_("safety, first aid, prevention"),
        caption=_("A red shield with a heart"),
        look=Drawing(shape="shield", colours=_BRICK, icon="heart"),
        kind="Certificate",
        validity_months=24,
        standing=Achievement.Standing.SUSPENDABLE,
    ),
    Start(
        key="project",
        label=_("Project"),
        about=_("Something was made, and every award shows it."),
        name=_("Data project: from a question to a report"),
        description=_(
            "Carried a data project through, alone or in a team: asked a useful question, prepared "
            "the data, analysed them, and told others what was found."
        ),
        criteria=_(
            "- A written report of at most ten pages, readable by people who know no statistics\n"
            "- Data and calculations that somebody else can repeat\n"
            "- A presentation of fifteen minutes, followed by questions\n\n"
            "Every award shows the report, or where it is."
        ),
        tags=_("data, analysis, project, report"),
        caption=_("A grey rosette with a chart"),
        look=Drawing(shape="rosette", colours=_SLATE, icon="chart"),
        needs_evidence=True,
    ),
    Start(
        key="digital",
        label=_("Digital skill"),
        about=_("A skill with a tool, tested at a computer."),
        name=_("Spreadsheets: working with tables"),
        description=_(
            "Builds a table that others understand, calculates with it, sorts and filters it, and "
            "shows its figures in a chart."
        ),
        criteria=_(
            "A practical test of 60 minutes at a computer, passed with at least [14] points out of "
            "20:\n\n"
            "- cleaning a list and giving it a form\n"
            "- formulas, with absolute and relative references\n"
            "- a pivot table, and a chart that suits the question"
        ),
        tags=_("digital, spreadsheet, office"),
        caption=_("A blue hexagon with a screen"),
        look=Drawing(shape="hexagon", colours=_OCEAN, icon="screen"),
        kind="Competency",
    ),
    Start(
        key="commitment",
        label=_("Commitment"),
        about=_("A role that somebody held: tutor, delegate, volunteer."),
        name=_("Tutor of apprentices"),
        description=_(
            "Accompanied an apprentice for at least [six months]: welcomed them, organised their "
            "work, handed on a craft, and assessed their progress."
        ),
        criteria=_(
            "- Followed the training of tutors ([number] hours)\n"
            "- Met the apprentice and the school at least [three] times\n"
            "- Filled in the record of apprenticeship to its end"
        ),
        tags=_("tutoring, apprenticeship, handing on"),
        caption=_("A green rosette with a star"),
        look=Drawing(shape="rosette", colours=_FOREST, icon="star"),
        kind="Badge",
    ),
    Start(
        key="blank",
        label=_("Empty badge"),
        about=_("Nothing is written yet."),
        name=_("New badge"),
        look=Drawing(shape="hexagon", colours=_FOREST, icon="check"),
        is_blank=True,
    ),
)


def find(key: str) -> Start | None:
    """Return a starting point by its key."""
    return next((each for each in STARTS if each.key == key), None)
