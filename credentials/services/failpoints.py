"""Named places on the way of a credential where a worker may die: see the witness's own.

The witness knows no credential, so these have their names here; the mechanism is one.
"""

from blockchain.services.failpoints import reach

POINTS = (
    "issue: rows written",
    "index: given",
    "index: committed",
    "award: rows written",
    "award: leaves committed",
    "award: committed",
    "revoke: bit written",
    "publish: list signed",
    "publish: list written",
    "recommit: chunk committed",
)

__all__ = ["POINTS", "reach"]
