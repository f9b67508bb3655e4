"""The demonstration's transcripts: one of all blocks of a certification, one with a block missing.

`transcripts.csv` in an issuer's folder names each transcript and the credentials in it, which are
of one learner.
"""

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.demo import data, seeding
from credentials import services
from credentials.selectors import find_by_reference as find_credential
from credentials.selectors import transcripts

COLUMNS = ["reference", "credentials"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A transcript that the data asks for."""

    reference: str
    credentials: tuple[str, ...]


def load(issuer: data.Issuer, folder: Path = data.HERE) -> tuple[Wanted, ...]:
    """Read the transcripts of an issuer; none where it has no such file.

    Raises:
        DataError: the file cannot be read; names the line and what is wrong.
    """
    path = folder / issuer.slug / "transcripts.csv"
    if not path.exists():
        return ()
    owners = {each.reference: each.email for each in issuer.credentials if not each.is_revoked}
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != COLUMNS:
            raise data.DataError(f"{path.name}: the columns are {', '.join(COLUMNS)}.")
        for row in rows:
            references = tuple(row["credentials"].split())
            unknown = [each for each in references if each not in owners]
            if not references or unknown:
                raise data.DataError(
                    f"{path.name} line {rows.line_num}, credentials: name credentials of "
                    f"{issuer.slug} that were not revoked, not {' '.join(unknown) or 'none'}."
                )
            if len({owners[each] for each in references}) != 1:
                raise data.DataError(
                    f"{path.name} line {rows.line_num}, credentials: they are of several learners."
                )
            found.append(Wanted(row["reference"], references))
    return tuple(found)


def request(seeded: Sequence[seeding.Seeded], *, clock: Callable[[], datetime]) -> list[str]:
    """Ask for what the data asks for, when all credentials are signed.

    Returns:
        The addresses, in order; the same again gives the same.
    """
    addresses = []
    for one in seeded:
        for wanted in load(one.wanted):
            found = [
                find_credential(issuer=one.issuer, reference=each) for each in wanted.credentials
            ]
            held = [each for each in found if each is not None]
            transcript = services.request_transcript(
                issuer=one.issuer,
                learner=held[0].learner,
                credentials=held,
                now=clock(),
                reference=wanted.reference,
            )
            addresses.append(transcripts.address(token=transcript.token))
    return addresses


def wait_until_signed(addresses: Sequence[str], *, seconds: float) -> None:
    """Wait until the workers have signed these transcripts.

    Raises:
        NotSignedInTime: they have not; the message says what to look at.
    """
    deadline = time.monotonic() + seconds
    waiting = list(addresses)
    while waiting:
        found = [transcripts.find_by_token(token=each.rpartition("/")[2]) for each in waiting]
        if any(each is not None and each.refusal for each in found):
            raise seeding.NotSignedInTime("A transcript could not be signed; its row says why.")
        waiting = [
            address
            for address, each in zip(waiting, found, strict=True)
            if each is None or each.signed_at is None
        ]
        if waiting and time.monotonic() > deadline:
            raise seeding.NotSignedInTime(
                f"{len(waiting)} transcript(s) are not signed: is a worker running?"
            )
        time.sleep(seeding.PAUSE_SECONDS if waiting else 0)
