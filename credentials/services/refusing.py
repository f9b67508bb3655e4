"""Why an award could not be signed: a code and a place, as the row keeps them.

Doors find the words (serializers/unsigned). What was given is not repeated: a grade must not lie
in the row in clear.
"""

from badges.core import document as documents
from badges.core import schema
from credentials.core import canonical, proof, rdf
from learners import selectors as learners
from learners.core import identity

# What can be wrong with one award, found when its document is written; anything else is a fault of
# ours and stops the chunk.
REFUSALS = (
    canonical.MalformedDocument,
    documents.DocumentError,
    identity.IdentityError,
    learners.Erased,
    proof.DocumentRefused,
    rdf.CanonicalisationError,
    schema.NonConformant,
)


def reason(refusal: Exception) -> str:
    """Return why, as `place: code` or `code`; in the core's words where it has no code.

    Args:
        refusal: One of REFUSALS.
    """
    where, code = "", ""
    match refusal:
        case learners.Erased():
            code = "erased"
        case schema.NonConformant(problems=(first, *_others)):
            where, code = first.pointer, first.code
        case documents.DocumentError():
            where, code = refusal.where, refusal.reason
        case rdf.CanonicalisationError():
            where, code = refusal.pointer or "", refusal.reason
        case canonical.MalformedDocument() | identity.IdentityError() | proof.DocumentRefused():
            code = refusal.reason
    if not code:
        return str(refusal)
    return f"{where}: {code}" if where else code
