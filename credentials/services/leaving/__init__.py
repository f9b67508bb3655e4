"""An organisation leaves with everything it has, and arrives somewhere else.

pack      everything of an organisation into one file, of one instant
unpack    the same into this installation, or nothing of it
mirror    its public pages and documents into a folder that any web server can serve

docs/leaving.md has the format, and what to do before and after.
"""

from credentials.services.leaving.mirroring import Mirrored, MirrorRefused, mirror
from credentials.services.leaving.packing import Packed, pack
from credentials.services.leaving.reading import ArchiveRefused
from credentials.services.leaving.unpacking import Unpacked, unpack

__all__ = [
    "ArchiveRefused", "MirrorRefused", "Mirrored", "Packed", "Unpacked", "mirror", "pack", "unpack",
]  # fmt: skip
