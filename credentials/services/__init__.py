"""The verbs on credentials and transcripts: issue, sign, revoke, suspend, publish lists, verify."""

from credentials.services.attaching import attach
from credentials.services.correcting import NotCorrectable, Wording, correct, wording
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
from credentials.services.importing import (
    Imported,
    MistakesInList,
    import_awards,
    is_derived,
)
from credentials.services.intakes import (
    NotDraft,
    Refused,
    check,
    checked_of,
    choice_of,
    enter,
    order_of,
    table_of,
    throw_away,
    upload,
    use_sheet,
)
from credentials.services.issuing import Award, Issued, issue
from credentials.services.lanes import ImpossibleLane, accept_submitters, choose_lanes
from credentials.services.limiting import admit, name_of
from credentials.services.looking import Checked, Choice, starts_at
from credentials.services.looks import drop_look, keep_look
from credentials.services.preparing import (
    NotWaiting,
    OwnPreparation,
    discard,
    give_back,
    hand_in,
    release,
)
from credentials.services.previewing import preview, preview_award
from credentials.services.purging import purge
from credentials.services.recommitting import recommit
from credentials.services.recording import (
    NotThatFar,
    cancel,
    confirm,
    forget,
    go_on,
    pause,
    record,
    try_again,
)
from credentials.services.revocation import (
    NotRevocable,
    publish_status_lists,
    revoke,
    revoke_several,
)
from credentials.services.signing import sign
from credentials.services.stating import state
from credentials.services.suspension import (
    NotSuspendable,
    NotSuspended,
    reinstate,
    reinstate_several,
    suspend,
    suspend_several,
)
from credentials.services.transcripts import (
    request_transcript,
    revoke_transcript,
    sign_transcripts,
)
from credentials.services.verified import Unverifiable, Verification, take_apart
from credentials.services.verifying import verify_address, verify_credential, verify_document
from credentials.services.verifying_transcripts import verify_transcript

__all__ = [
    "Award", "Checked", "Choice", "Imported", "ImpossibleLane", "Issued", "MistakesInList",
    "NotCorrectable", "NotDraft", "NotEndorsable", "NotRevocable", "NotSuspendable", "NotSuspended",
    "NotThatFar", "NotWaiting", "NotYours", "OwnPreparation", "Refused", "Unverifiable",
    "Verification", "Wording", "accept_endorsement", "accept_submitters", "admit", "attach",
    "cancel", "check", "checked_of", "choice_of", "choose_lanes", "confirm", "correct",
    "decline_endorsement", "discard", "drop_look", "endorse", "enter", "forget", "give_back",
    "go_on", "hand_in", "import_awards", "is_derived", "issue", "keep_look", "name_of", "order_of",
    "pause", "preview", "preview_award", "publish_status_lists", "purge", "recommit", "record",
    "reinstate", "reinstate_several", "release", "request_edition", "request_transcript", "revoke",
    "revoke_endorsement", "revoke_several", "revoke_transcript", "sign", "sign_editions",
    "sign_endorsements", "sign_transcripts", "starts_at", "state", "suspend", "suspend_several",
    "table_of", "take_apart", "throw_away", "try_again", "upload", "use_sheet", "verify_address",
    "verify_credential", "verify_document", "verify_transcript", "wording",
]  # fmt: skip
