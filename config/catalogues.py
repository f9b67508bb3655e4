"""Compile every catalogue of messages (.po) into the form that Python reads (.mo).

`python config/catalogues.py`, called by the set-up. Django's own `compilemessages` wants gettext's
msgfmt, which a bare machine does not have; polib does the same in Python, so everyone runs what the
tests ran.
"""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Write a .mo beside each .po under `locale` and return those written.

    A reader never meets half a file: it is written under another name, then renamed.
    """
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        unfinished = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(unfinished))
        unfinished.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_catalogues():
        sys.stderr.write(f"Compiled {path.relative_to(LOCALE.parent)}\n")
