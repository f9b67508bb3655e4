"""The verbs on credentials and transcripts: issue, sign, revoke, suspend, publish lists, verify."""

from credentials.services.attaching import attach
from credentials.services.editions import request_edition, sign_editions
from credentials.services.endorsing import (
    NotEndorsable,
    NotYours,
    accept_endorsement,
    decline_endorsement,
    endorse,
    revoke_endorsement,
    sign_endorsements,
)
from credentials.services.importing import Imported, MistakesInList, import_awards
from credentials.services.issuing import Award, Issued, issue
from credentials.services.lanes import ImpossibleLane, accept_submitters, choose_lanes
from credentials.services.limiting import admit
from credentials.services.preparing import (
    NotWaiting,
    OwnPreparation,
    discard,
    give_back,
    hand_in,
    release,
)
from credentials.services.previewing import preview
from credentials.services.purging import purge
from credentials.services.recommitting import recommit
from credentials.services.revocation import publish_status_lists, revoke
from credentials.services.signing import sign
from credentials.services.stating import state
from credentials.services.suspension import NotSuspendable, NotSuspended, reinstate, suspend
from credentials.services.transcripts import (
    request_transcript,
    revoke_transcript,
    sign_transcripts,
)
from credentials.services.verified import Unverifiable, Verification
from credentials.services.verifying import verify_address, verify_credential, verify_document
from credentials.services.verifying_transcripts import verify_transcript

__all__ = [
    "Award", "Imported", "ImpossibleLane", "Issued", "MistakesInList", "NotEndorsable",
    "NotSuspendable", "NotSuspended", "NotWaiting", "NotYours", "OwnPreparation", "Unverifiable",
    "Verification", "accept_endorsement", "accept_submitters", "admit", "attach", "choose_lanes",
    "decline_endorsement", "discard", "endorse", "give_back", "hand_in", "import_awards", "issue",
    "preview", "publish_status_lists", "purge", "recommit", "reinstate", "release",
    "request_edition", "request_transcript", "revoke", "revoke_endorsement", "revoke_transcript",
    "sign", "sign_editions", "sign_endorsements", "sign_transcripts", "state", "suspend",
    "verify_address", "verify_credential", "verify_document", "verify_transcript",
]  # fmt: skip
