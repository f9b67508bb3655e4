"""What of an organisation goes into its archive, and in which form.

registry   every table of the program: exported, or left out for a reason
reading    the rows of one table, a piece at a time
addresses  every public address of an organisation, for its static mirror
"""

from credentials.selectors.leaving.addresses import (
    BOTH,
    HTML,
    JSON,
    MIRRORED,
    NOT_MIRRORED,
    Address,
    addresses,
)
from credentials.selectors.leaving.reading import (
    WRAPPED,
    KeysNotHere,
    Named,
    count_rows,
    leaves_of,
    organisations_of,
    people_of,
    row_of,
    rows_of,
)
from credentials.selectors.leaving.registry import (
    CARRIED_APART,
    DATA_KEYS,
    ISSUER,
    KEYS_ONLY,
    LEFT_OUT,
    PORTABLE_BYTES,
    USER,
    Column,
    NotDecided,
    Table,
    schema,
    table_of,
    tables,
    undecided,
)

__all__ = [
    "BOTH",
    "CARRIED_APART",
    "DATA_KEYS",
    "HTML",
    "ISSUER",
    "JSON",
    "KEYS_ONLY",
    "LEFT_OUT",
    "MIRRORED",
    "NOT_MIRRORED",
    "PORTABLE_BYTES",
    "USER",
    "WRAPPED",
    "Address",
    "Column",
    "KeysNotHere",
    "Named",
    "NotDecided",
    "Table",
    "addresses",
    "count_rows",
    "leaves_of",
    "organisations_of",
    "people_of",
    "row_of",
    "rows_of",
    "schema",
    "table_of",
    "tables",
    "undecided",
]
