"""The matrix: which verifier accepts which format, and rejects it once it is spoilt.

A row is named where its tests are, by a mark: `matrix.row(matrix.TOKEN, matrix.JOSE)`. Under such a
mark, the first words of a test say what it counts for: `test_it_accepts…`, `test_it_rejects…`, or
`test_it_cannot…`, whose docstring is the note on what the verifier cannot do.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "docs/interoperability.md"
START, END = "<!-- Written by make interop, from here -->\n", "<!-- to here -->\n"

# The formats, in the order of the table.
SIGNED = "Open Badges 3.0, `eddsa-rdfc-2022`"
COMPLETE = "Open Badges 3.0, every optional part"
SUSPENDABLE = "Open Badges 3.0 that can be suspended: two statuses"
ENDORSEMENT = "Endorsement (3.0)"
SHOWN_IN_PART = "Open Badges 3.0 shown in part, `ecdsa-sd-2023`"
BAKED = "Open Badges 3.0 in PNG and SVG"
TOKEN = "Open Badges 3.0 as VC-JWT, RS256 and ES256"  # noqa: S105 - a format, not a password
STATUS_LIST = "Bitstring status list"
TRANSCRIPT = "CLR 2.0"
BLOCKCERTS = "Blockcerts export, `merkle-proof-2019`"
ASSERTION = "Open Badges 2.0: hosted, signed, PNG, SVG"
FORMATS = (
    *(SIGNED, COMPLETE, SUSPENDABLE, SHOWN_IN_PART, ENDORSEMENT, BAKED, TOKEN, STATUS_LIST),
    *(TRANSCRIPT, BLOCKCERTS, ASSERTION),
)
# Those that a page hands out, and that are asked about as it did.
SERVED = (SIGNED, SHOWN_IN_PART, BAKED, TOKEN, STATUS_LIST, BLOCKCERTS, ASSERTION)

# The verifiers, as their registries name them.
DIGITAL_BAZAAR = "@digitalbazaar/vc"
DIGITAL_BAZAAR_PARTS = "@digitalbazaar/ecdsa-sd-2023-cryptosuite"
DIGITAL_BAZAAR_STATUS = "@digitalbazaar/vc-bitstring-status-list"
DCC = "@digitalcredentials/verifier-core"
CERT_VERIFIER = "@blockcerts/cert-verifier-js"
JOSE = "jose"
OPENBADGESLIB = "openbadgeslib"
OPENBADGES = "openbadges"
OPENVC = "openvc-core"
SCHEMAS = "ob_v3p0_achievementcredential_schema.json"
# Nobody numbers the schemas: these are the first digits of the SHA-256 of the one that is asked.
SCHEMA_DIGEST = "b7358e895f49"

# What others make, and we read.
THEIR_SIGNED = SIGNED
THEIR_TOKEN = "Open Badges 3.0 as VC-JWT"  # noqa: S105 - a format, not a password
THEIR_IMAGES = BAKED
THEIR_SIGNED_ASSERTION = "Open Badges 2.0, signed"
THEIR_HOSTED_IMAGES = "Open Badges 2.0, hosted, in PNG and SVG"
THEIR_FORMATS = (
    *(THEIR_SIGNED, THEIR_TOKEN, THEIR_IMAGES),
    *(THEIR_SIGNED_ASSERTION, THEIR_HOSTED_IMAGES),
)
BAKERY = "openbadges-bakery"

ACCEPTS, REJECTS, CANNOT = "test_it_accepts", "test_it_rejects", "test_it_cannot"
WE_ACCEPT, WE_REFUSE, WE_LEAVE = "test_we_accept", "test_we_refuse", "test_we_leave"
OURS, THEIRS = (ACCEPTS, REJECTS, CANNOT), (WE_ACCEPT, WE_REFUSE, WE_LEAVE)
ITEMS = pytest.StashKey[list[pytest.Item]]()


def row(of: str, verifier: str) -> pytest.MarkDecorator:
    """Mark the tests that ask one verifier about one format; the nearest mark counts."""
    return pytest.mark.row(of, verifier)


def made(of: str, maker: str) -> pytest.MarkDecorator:
    """Mark the tests of what we say of one format that one program of others makes."""
    return pytest.mark.made(of, maker)


def version(verifier: str) -> str:
    """Return the version that is asked: of the lock file for npm, of what is installed for pip."""
    if verifier == SCHEMAS:
        return SCHEMA_DIGEST
    if verifier == OPENBADGES:
        script = (HERE / "openbadges2.sh").read_text()
        return str(re.findall(r"\bopenbadges==(\S+)", script)[0])
    if verifier in {BAKERY, OPENBADGESLIB, OPENVC}:
        return metadata.version(verifier)
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return str(packages[f"node_modules/{verifier}"]["version"])


@dataclass
class Row:
    """What the tests of one verifier about one format found."""

    format: str
    verifier: str
    accepts: list[str] = field(default_factory=list)
    rejects: list[str] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)
    limits: dict[str, str] = field(default_factory=dict)


def rows(
    items: Iterable[pytest.Item], outcomes: Mapping[str, str], *, theirs: bool = False
) -> list[Row]:
    """Gather tests into rows, in the order of the table; outcomes are by name of the test.

    Those of what others say of ours, or, `theirs`, of what we say of what others made.
    """
    words = THEIRS if theirs else OURS
    accepts, rejects, _third = words
    order = THEIR_FORMATS if theirs else FORMATS
    found: dict[tuple[str, str], Row] = {}
    for item in items:
        name = getattr(item, "originalname", item.name)
        mark = item.get_closest_marker("made" if theirs else "row")
        if mark is None or not name.startswith(words):
            continue
        outcome = outcomes.get(item.nodeid, "skipped")
        entry = found.setdefault(mark.args, Row(*mark.args))
        cases = item.get_closest_marker("cases")
        count = cases.args[0] if cases else 1
        if name.startswith(accepts):
            entry.accepts += [outcome] * count
        elif name.startswith(rejects):
            entry.rejects += [outcome] * count
            entry.spoilt.add(_subject(item, name.removeprefix(f"{rejects}_"), count))
        else:
            entry.limits[" ".join(item.function.__doc__.split())] = outcome  # type: ignore[attr-defined]
    return sorted(found.values(), key=lambda each: (order.index(each.format), each.verifier))


def _subject(item: pytest.Item, name: str, count: int) -> str:
    called = getattr(item, "callspec", None)
    said = called.params.get("name") if called else None
    if said is None:
        said = name.replace("_", " ")
    return f"{said} ({count} of them)" if count > 1 else said


def _share(outcomes: list[str]) -> str:
    if outcomes and set(outcomes) == {"skipped"}:
        return "not asked"
    return f"{outcomes.count('passed')} of {len(outcomes)}"


def table(
    found: Iterable[Row],
    heads: tuple[str, ...] = ("Format", "Verifier", "Version", "Accepts", "Rejects"),
) -> str:
    """Draw the table, in columns that a terminal shows as well."""
    lines = [list(heads)]
    for each in found:
        name = f"`{each.verifier}`"
        shares = (_share(each.accepts), _share(each.rejects))
        lines.append([each.format, name, version(each.verifier), *shares])
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |\n"
        for line in lines
    )


def notes(found: Iterable[Row]) -> str:
    """List what verifiers cannot do; a limit that a test no longer finds is not listed."""
    said = {
        f"- `{each.verifier}` {version(each.verifier)}: {limit}\n"
        for each in found
        for limit, outcome in each.limits.items()
        if outcome == "passed"
    }
    return "".join(sorted(said))


def spoilt(found: Iterable[Row]) -> str:
    """List what each verifier was asked to reject."""
    return "".join(
        f"- {each.format}, `{each.verifier}`: {'; '.join(sorted(each.spoilt))}.\n"
        for each in found
        if each.spoilt
    )


def generated(found: list[Row], theirs: list[Row]) -> str:
    """Write the part of the page that is generated."""
    heads = ("Format", "Made by", "Version", "Sound", "Spoilt")
    return (
        f"{table(found)}\n"
        f"### What they cannot do\n\nEach line is asserted by a test.\n\n{notes(found)}\n"
        f"### What was spoilt\n\n{spoilt(found)}\n"
        "## What we say of badges made by others\n\n"
        "*Sound*: `/verify` found everything in order but for one thing that it always says of an "
        "issuer of elsewhere:\nthat it does not know it. *Spoilt*: it refuted the badge, for the "
        "reason that was expected.\n\n"
        f"{table(theirs, heads)}\n"
        f"### What we leave open\n\n{notes(theirs)}\n"
        f"### How theirs were spoilt\n\n{spoilt(theirs)}"
    )


def page(current: str, found: list[Row], theirs: list[Row]) -> str:
    """Return the page with its generated part replaced."""
    before, _, rest = current.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{generated(found, theirs)}\n{END}{after}"
