"""Write the documents of what is due: the learner is in them only as salted hashes."""

import json
import secrets
import uuid as uuids
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from badges import models as badges
from badges.core import document as documents
from badges.core import extensions
from credentials import models, selectors
from credentials.core import status_list as lists
from credentials.services import details
from issuers import models as issuer_models
from learners import selectors as learners
from learners.core import identity

FINAL = badges.Achievement.Standing.FINAL


class Due(NamedTuple):
    """What the row of a credential says that is to be signed; columns have the names of the row."""

    id: int
    uuid: uuids.UUID
    token: str
    achievement_id: int
    learner_id: int
    valid_from: datetime
    valid_until: datetime | None
    details: bytes | memoryview | None
    status_list_id: int | None
    status_index: int | None
    suspension_list_id: int | None
    suspension_index: int | None
    # What it takes the place of, if anything.
    corrects_id: int | None = None


class Writer:
    """Writes the documents of one badge.

    Attributes:
        profile: The issuer's, as it stands in them.
        achievement: The badge, as it stands in them.
    """

    def __init__(
        self,
        *,
        issuer: issuer_models.Issuer,
        achievement: badges.Achievement,
        profile: dict[str, Any],
        endorsements: Mapping[str, list[dict[str, Any]]],
        status_lists: Mapping[int, models.StatusList],
    ) -> None:
        """Read what they have in common.

        Args:
            issuer: Who issues.
            achievement: The badge, published.
            profile: The issuer's.
            endorsements: What others said of the issuer and the badge, by id of what they endorse.
            status_lists: Those that rows name, by their ids.
        """
        # What stands for good names no service at all: verifiers of Blockcerts refuse it otherwise.
        self._is_final = achievement.standing == FINAL
        document = json.loads(achievement.document)
        self.profile = profile if self._is_final else _endorsed(profile, endorsements)
        self.achievement = document if self._is_final else _endorsed(document, endorsements)
        self._lists = status_lists
        self._reader = details.Reader(issuer=issuer, achievement=achievement)

    def share(self, *, profile: dict[str, Any], achievement: dict[str, Any]) -> None:
        """Take other objects that say the same, which documents written from now on will hold."""
        self.profile, self.achievement = profile, achievement

    def write(
        self,
        due: Due,
        *,
        person: learners.Person,
        status: Sequence[dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Return the document without a proof; whoever signs it has it read first.

        Args:
            due: What it is about.
            person: Whom.
            status: None takes what the row says. Before a row has any, a preview has none.

        Raises:
            DocumentError: what the award says cannot be written.
        """
        more = self._details(due, person.data_key)
        own = selectors.address(token=due.token)
        status = self._status(due) if status is None else status
        return documents.open_badge_credential(
            id=own,
            issuer=self.profile,
            achievement=self.achievement,
            identifiers=[
                identity.identity_object(
                    identity_type=kind, value=value, salt=secrets.token_urlsafe(16)
                )
                for kind, value in (("emailAddress", person.email), ("name", person.name))
            ],
            valid_from=due.valid_from,
            valid_until=due.valid_until,
            status=status,
            # The schema of the standard takes one status.
            credential_schema=extensions.credential_schema() if len(status) == 1 else None,
            refresh_service=None
            if self._is_final
            else extensions.refresh_service(f"{own}/refresh"),
            name=self.achievement["name"],
            subject=more.said.subject,
            evidence=more.said.evidence,
            awarded_at=more.said.awarded_at,
            related_resources=more.resources,
            validate=False,
        )

    def _details(self, due: Due, data_key: bytes) -> details.Details:
        """Decrypt and read what the award says besides who and what."""
        if due.details is None:
            return details.NOTHING
        values = selectors.opened_details(bytes(due.details), uuid=due.uuid, data_key=data_key)
        return self._reader.read(values)

    def _status(self, due: Due) -> Sequence[dict[str, str]]:
        places = [
            (due.status_list_id, due.status_index),
            (due.suspension_list_id, due.suspension_index),
        ]
        found = [
            lists.entry(
                url=self._lists[pk].url,
                index=index,
                purpose=cast("lists.Purpose", self._lists[pk].purpose),
            )
            for pk, index in places
            if pk is not None and index is not None
        ]
        if not found and not self._is_final:
            raise AssertionError(f"Credential {due.uuid} was claimed without a status index.")
        return found


def _endorsed(
    part: dict[str, Any], endorsements: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return a profile or an achievement with what others said of it."""
    said = endorsements.get(str(part["id"]))
    return part | {"endorsement": said} if said else part
