"""The verbs on achievements: draft, publish, revise, retire; and the blocks around them."""

from badges.services.catalogue import (
    WrongState,
    describe_block,
    draft,
    publish,
    retire,
    revise,
)
from badges.services.refusals import refused

__all__ = [
    "WrongState", "describe_block", "draft", "publish", "refused", "retire",
    "revise",
]  # fmt: skip
