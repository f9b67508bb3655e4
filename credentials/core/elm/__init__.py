"""A credential in the European Learning Model 3, unsigned: for the issuer of Europass (EDC).

Nothing is added to what the issuer signed but who the learner is, in the name that the page shows,
and what the issuer's own rows say of the organisation and of the certification. It is not signed:
a European Digital Credential takes the organisation's qualified seal, which Europass puts on it.

What has no place in the model, or none that could be filled truthfully, is left out:
docs/europass.md says what, and where everything comes from.

Source: European Learning Model 3 (European Commission, DG EMPL), application profile EDC generic
1.1.0; its context is named and never fetched.
"""

from credentials.core.elm.facts import Certification, Facts, NotExpressible, Organisation
from credentials.core.elm.writing import CONTEXTS, SCHEMA, export

__all__ = [
    "CONTEXTS", "SCHEMA", "Certification", "Facts", "NotExpressible", "Organisation", "export",
]  # fmt: skip
