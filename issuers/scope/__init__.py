"""The tenant wall: a statement about an issuer's rows says whose they are, or does not run.

naming      whose rows the statement under way, or the door that was opened, is about
rows        managers that are closed until an issuer is named
postgresql  tells the database with every statement, and stops those that name nobody
policies    which policies of row-level security a table should have
keys        foreign keys that lead to no other issuer's row
walls       what the database itself keeps of all this, and of the rights of roles
figures     how many rows each issuer has, for operators
catalogue   reads from the database's own catalogue whether the wall stands

docs/tenancy.md is the page about it.
"""

from issuers.scope.figures import Figures, figures, holders, waiting
from issuers.scope.naming import (
    IssuerNotNamed,
    OtherIssuer,
    across_issuers,
    inside,
    operating,
    outside,
)
from issuers.scope.rows import CommonManager, IssuerScopedManager, IssuerScopedQuerySet, Wall

__all__ = [
    "CommonManager", "Figures", "IssuerNotNamed", "IssuerScopedManager", "IssuerScopedQuerySet",
    "OtherIssuer", "Wall", "across_issuers", "figures", "holders", "inside", "operating", "outside",
    "waiting",
]  # fmt: skip
