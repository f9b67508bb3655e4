"""Import a list: enrol whom it names and issue a badge to each, however long it is.

    every line is read, nothing written  ->  all mistakes, or
    every line is read again             ->  a chunk of people enrolled and awards recorded, each
                                             chunk a transaction; workers sign what is there

What was recorded stays when the rest fails: the same list again records only what is missing, for a
reference issues once.
"""

import itertools
import logging
import uuid as uuids
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import TextIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from badges import models as badges
from badges import services as catalogue
from credentials import models
from credentials.core import learner_list
from credentials.core.learner_list import Mistake, Row, UnreadableList
from credentials.services import cohorts
from credentials.services.issuing import Award, Issued, issue, require_issuable
from issuers import models as issuers
from issuers.services import suspending
from learners import services as people

log = logging.getLogger(__name__)

CHUNK = 2_000
# References that are compared at once.
PART = 50_000
# A person corrects a few at a time.
MAX_MISTAKES = 50


class MistakesInList(Exception):  # noqa: N818 - it says what is wrong
    """Nothing was imported.

    Attributes:
        mistakes: Each with its line, its column and words; at most MAX_MISTAKES.
    """

    def __init__(self, mistakes: list[Mistake]) -> None:
        """Keep them."""
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list.

    Attributes:
        rows: How many lines named somebody.
        recorded: How many awards are new.
        already: How many had been issued before under the same reference.
        preparation: With what they wait, where a second person is asked for.
    """

    rows: int
    recorded: int
    already: int
    preparation: models.Preparation | None = None


def import_awards(
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    file: TextIO,
    now: datetime,
    sign_after: datetime | None = None,
    actor: issuers.User | None = None,
    tells: bool = False,
    session: str = "",
    name: str = "",
) -> Imported:
    """Enrol everybody on a list and issue a badge to each.

    Who is there already, by address, stays as they are.

    Args:
        issuer: Who issues.
        achievement: What was earned; published, and the issuer's own.
        file: CSV, as `learner_list` reads it; it is read twice.
        now: The instant of issuing, from which awards without a date are valid.
        sign_after: End of the correction window; `now` where there is none.
        actor: The person who issues.
        tells: Whether the learners are told by e-mail, once their badges are signed.
        session: What the session is called that they were taught in; it is opened where there is
            none of this name, and the console shows the list then. Empty for none.
        name: What the list is called then.

    Raises:
        MistakesInList: lines are wrong; nothing was written.
        ValidationError: the badge cannot be issued, and nothing was written; or the organisation
            was suspended meanwhile, and what was recorded until then stays.
    """
    require_issuable(issuer=issuer, achievement=achievement)
    rows, days = _require_sound(file, now)
    catalogue.require_habilitation(achievement=achievement, days=days)
    file.seek(0)
    recorded, preparation = 0, None
    intake = None
    if session:
        intake = cohorts.list_in(
            issuer=issuer, session=session, achievement=achievement, name=name, size=rows,
            actor=actor, tells=tells, sign_after=sign_after or now, now=now,
        )  # fmt: skip
    for chunk in _chunks(row for row in learner_list.read(file) if isinstance(row, Row)):
        issued = record_rows(
            issuer=issuer,
            achievement=achievement,
            rows=chunk,
            now=now,
            sign_after=sign_after,
            actor=actor,
            preparation=preparation,
            intake=intake,
            tells=tells,
        )
        preparation = issued.preparation
        recorded += issued.recorded
        log.info("imported %d for %s", len(chunk), issuer.slug)
    if intake is not None:
        models.Intake.objects.of(issuer).filter(pk=intake.pk).update(
            already=rows - recorded, preparation=preparation
        )
    return Imported(rows, recorded, rows - recorded, preparation)


@transaction.atomic
def record_rows(
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    rows: Sequence[Row],
    now: datetime,
    sign_after: datetime | None = None,
    actor: issuers.User | None = None,
    preparation: models.Preparation | None = None,
    intake: models.Intake | None = None,
    starts: datetime | None = None,
    rename: bool = False,
    tells: bool = False,
) -> Issued:
    """Enrol whom some rows name and record an award for each, all or none.

    A row without a reference is known by its badge, its learner, and the day that it says itself:
    the same again issues nothing.

    Args:
        issuer: Who issues.
        achievement: What was earned; published, and the issuer's own.
        rows: Sound ones; two with one reference are one award.
        now: The instant of issuing.
        sign_after: End of the correction window; `now` where there is none.
        actor: The person who issues.
        preparation: What an earlier part of the same work returned.
        intake: The list that the rows came with.
        starts: From when awards without a date are valid; `now` where nobody says.
        rename: Whether learners who are there under another name take that of the list.
        tells: Whether the learners are told by e-mail, once their badges are signed.

    Raises:
        ValidationError: the organisation is suspended, the badge cannot be issued, or a row is
            malformed.
        preparing.NotWaiting: the preparation takes no more awards.
    """
    suspending.hold_active(issuer=issuer)
    given = [_person(row, issuer) for row in rows]
    enrolled = people.enrol(issuer=issuer, people=given, now=now)
    if rename:
        named = (people.normalised(person) for person in given)
        people.correct_names(
            issuer=issuer, names={enrolled[each.email].pk: each.name for each in named}
        )
    awards = {}
    for row in rows:
        learner = enrolled[people.address(row.email)]
        reference = row.reference or derived_reference(achievement, learner.uuid, row.valid_from)
        awards[reference] = Award(
            learner=learner,
            reference=reference,
            valid_from=row.valid_from or starts or now,
            valid_until=row.valid_until,
        )
    return issue(
        issuer=issuer,
        achievement=achievement,
        awards=list(awards.values()),
        now=now,
        sign_after=sign_after,
        actor=actor,
        preparation=preparation,
        intake=intake,
        tells=tells,
    )


def derived_reference(
    achievement: badges.Achievement, learner: uuids.UUID, day: datetime | None
) -> str:
    """Return what an award is known by that the issuer gave no reference; no query.

    Made of names that are nobody's but ours: nothing of the person can be guessed from it, not even
    when they were erased.
    """
    said = "" if day is None else f"/{day.date().isoformat()}"
    return f"{achievement.uuid.hex}/{learner.hex}{said}"


def is_derived(*, credential: models.Credential) -> bool:
    """Say whether the reference of an award was made here, because the issuer gave none."""
    made = derived_reference(credential.achievement, credential.learner.uuid, None)
    return credential.reference == made or credential.reference.startswith(f"{made}/")


def _require_sound(file: TextIO, now: datetime) -> tuple[int, set[date]]:
    """Read the whole list and write nothing; return how many rows it has, and of which days.

    Raises:
        MistakesInList: lines are wrong.
    """
    mistakes: list[Mistake] = []
    lines, references, days = array("L"), array("Q"), {now.date()}
    try:
        for found in learner_list.read(file):
            if isinstance(found, Mistake):
                mistakes.append(_in_words(found))
            else:
                lines.append(found.line)
                # 64 bits of each: a million texts would not fit where a million numbers do.
                digest = blake2b(found.reference.encode(), digest_size=8).digest()
                references.append(int.from_bytes(digest, "big"))
                mistakes += _mistakes_of(found, now)
                days.add((found.valid_from or now).date())
            if len(mistakes) >= MAX_MISTAKES:
                break
    except UnreadableList as error:
        mistakes.append(Mistake(error.line, "", _unreadable(error)))
    mistakes += itertools.islice(_twice(lines, references), MAX_MISTAKES)
    if mistakes:
        raise MistakesInList(sorted(mistakes, key=lambda each: each.line)[:MAX_MISTAKES])
    return len(lines), days


def _mistakes_of(row: Row, now: datetime) -> Iterator[Mistake]:
    """Find what only other floors know: who can be enrolled, and what can be issued."""
    try:
        people.normalised(people.Person(row.name, row.email))
    except ValidationError as error:
        for column, words in error.message_dict.items():
            yield Mistake(row.line, column, words[0])
    if row.valid_from is None and row.valid_until is not None and row.valid_until <= now:
        yield _in_words(Mistake(row.line, "valid_until", "ends_before_it_begins"))


def _twice(lines: "array[int]", references: "array[int]") -> Iterator[Mistake]:
    """Find references that stand twice; the second place is the mistake.

    Sorted in parts, so that what is sorted stays small: a million numbers take 80 MB as Python's.
    """
    parts = len(references) // PART + 1
    for part in range(parts):
        places = [place for place, digest in enumerate(references) if digest % parts == part]
        places.sort(key=references.__getitem__)
        for one, other in itertools.pairwise(places):
            if references[one] == references[other]:
                yield Mistake(
                    lines[other],
                    "reference",
                    _("the same stands in line %(line)d") % {"line": lines[one]},
                )


def _person(row: Row, issuer: issuers.Issuer) -> people.Person:
    return people.Person(row.name, row.email, row.language or issuer.language)


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while chunk := list(itertools.islice(remaining, CHUNK)):
        yield chunk


def _in_words(mistake: Mistake) -> Mistake:
    words = {
        "reference_length": _("give a reference of 1 to 100 characters"),
        "not_a_language": _("give a language code, such as fr or fr-CA"),
        "not_a_date": _("give a day, such as 2026-01-31, or an instant with its zone"),
        "ends_before_it_begins": _("it would end before it begins"),
    }
    return Mistake(mistake.line, mistake.column, words[mistake.reason])


def _unreadable(error: UnreadableList) -> str:
    words = {
        "no_column": _("there is no column %(column)s"),
        "unknown_column": _("the column %(column)s is none of %(known)s"),
        "column_twice": _("a column stands twice"),
        "other_columns": _("there are %(found)s columns, and %(wanted)s names for them"),
        "too_many": _("there are more than %(most)s rows: divide the list"),
        "too_long": _("the line takes more than %(most)s characters"),
        "not_csv": _("this is not CSV: look for a quotation mark that is not closed"),
    }
    return words[error.reason] % error.values
