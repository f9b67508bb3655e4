"""How a learner was called when something was signed about them."""

from collections.abc import Mapping
from typing import Any

from credentials.core import members
from learners import models as learners
from learners import selectors as people
from learners.core import identity


def signed_name(*, learner: learners.Learner, document: Mapping[str, Any]) -> str:
    """Return that of the learner's names, old and new, that a document was signed for; no query.

    The one of today where it is none of them: a check then says so.
    """
    names = people.names(learner=learner)
    if len(names) == 1:
        return learner.name
    objects = [
        each for each in members.identity_objects(document) if each.get("identityType") == "name"
    ]
    return next((name for name in names if any(_is(name, each) for each in objects)), names[0])


def _is(name: str, identity_object: Mapping[str, Any]) -> bool:
    try:
        return identity.matches(name, identity_object)
    except identity.IdentityError:
        return False
