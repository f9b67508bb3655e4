"""The audit trail: the database writes down who changed what, and nobody writes it again.

kept      what of a table is written down: which values, and of which columns only that they changed
laying    the functions and triggers that write, laid by `manage.py migrate` on every tenant table
acting    who acts, told to the database with each statement that changes rows

docs/trail.md is the page about it.
"""

from issuers.trail.actors import Actor, acting
from issuers.trail.kept import Kept, NotKept

__all__ = ["Actor", "Kept", "NotKept", "acting"]
