"""The verbs on achievements: draft, publish, revise, retire; and the blocks around them."""

from badges.services.catalogue import (
    WrongState,
    describe_block,
    draft,
    publish,
    redraft,
    retire,
    revise,
)
from badges.services.designing import LANGUAGES, Words, missing
from badges.services.gallery import PALETTES, STARTS
from badges.services.organisations import describe_organisation
from badges.services.partnerships import (
    NotYours,
    accept_partnership,
    decline_partnership,
    end_partnership,
    propose_partnership,
)
from badges.services.partnerships import require as require_habilitation
from badges.services.refusals import refused

__all__ = [
    "LANGUAGES", "PALETTES", "STARTS", "NotYours", "Words", "WrongState", "accept_partnership",
    "decline_partnership", "describe_block", "describe_organisation", "draft", "end_partnership",
    "missing", "propose_partnership", "publish", "redraft", "refused", "require_habilitation",
    "retire", "revise",
]  # fmt: skip
