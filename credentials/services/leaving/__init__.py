"""An organisation leaves with everything it has, and arrives somewhere else.

pack      everything of an organisation into one file, of one instant
unpack    the same into this installation, or nothing of it
order     the file from the console: a worker makes it, and it is gone after a day
mirror    its public pages and documents into a folder that any web server can serve

docs/leaving.md has the format, and what to do before and after.
"""

from credentials.services.leaving.mirroring import Mirrored, MirrorRefused, mirror
from credentials.services.leaving.ordering import (
    KEPT,
    NotNow,
    Ordered,
    make_exports,
    note_fetched,
    order_export,
    remove_export,
)
from credentials.services.leaving.packing import Packed, pack
from credentials.services.leaving.reading import ArchiveRefused
from credentials.services.leaving.unpacking import Unpacked, unpack

__all__ = [
    "KEPT", "ArchiveRefused", "MirrorRefused", "Mirrored", "NotNow", "Ordered", "Packed",
    "Unpacked", "make_exports", "mirror", "note_fetched", "order_export", "pack", "remove_export",
    "unpack",
]  # fmt: skip
