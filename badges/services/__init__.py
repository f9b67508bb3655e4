"""The verbs on achievements: draft, publish, revise, retire; and the blocks around them."""

from badges.services.catalogue import (
    WrongState,
    describe_block,
    draft,
    publish,
    retire,
    revise,
)
from badges.services.organisations import describe_organisation
from badges.services.refusals import refused

__all__ = [
    "WrongState", "describe_block", "describe_organisation", "draft", "publish", "refused",
    "retire", "revise",
]  # fmt: skip
