"""Change archives, as somebody would who means harm, and take them in."""

import json
import zipfile
from hashlib import sha256

import pytest

from blockchain import chains
from blockchain.models import Batch
from credentials.core import canonical
from credentials.services import leaving
from issuers import models as issuers
from tests.services.credentials.leaving.conftest import PASSPHRASE, pack, unpack

LEARNERS = "tables/learners.learner.ndjson"
CREDENTIALS = "tables/credentials.credential.ndjson"


# Made once: what is spoilt is a copy.
MADE: dict[str, bytes] = {}


@pytest.fixture
def clear(request, archive, db):
    """Return a sound archive in clear, and an empty installation."""
    return made(request, archive, None)


@pytest.fixture
def sealed(request, archive, db):
    return made(request, archive, PASSPHRASE)


def made(request, archive, passphrase):
    name = "clear" if passphrase is None else "sealed"
    if name not in MADE:
        pack(request.getfixturevalue("settled"), archive, passphrase=passphrase)
        MADE[name] = archive.read_bytes()
    request.getfixturevalue("elsewhere")()
    # Here another chain is asked: each test has a new one, which knows of no batch.
    request.getfixturevalue("settings").CHAIN_ID = 1
    chains.get_chain.cache_clear()
    archive.write_bytes(MADE[name])
    return archive


def rewrite(path, change, *, manifest=None):
    """Write the archive again with other members, and a manifest that agrees with them."""
    with zipfile.ZipFile(path) as old:
        members = {info.filename: old.read(info) for info in old.infolist()}
    told = json.loads(members.pop("manifest.json"))
    change(members)
    for name, content in members.items():
        entry = told["members"].get(name.removesuffix(".sealed"))
        if entry is not None:
            entry |= {"bytes": len(content), "sha256": sha256(content).hexdigest()}
            if not name.endswith(".sealed"):
                entry["plainBytes"] = len(content)
            if name.endswith(".ndjson"):
                entry["rows"] = content.count(b"\n")
    if manifest is not None:
        manifest(told)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(name, content)
        new.writestr("manifest.json", canonical.jcs(told))


def lines(content):
    return [json.loads(line) for line in content.splitlines()]


def edit(name, change):
    """Return a change of one table: of its rows, which are written again."""

    def changed(members):
        found = lines(members[name])
        change(found)
        members[name] = b"".join(json.dumps(row).encode() + b"\n" for row in found)

    return changed


def refused(path, words, *, passphrase=None):
    before = issuers.Issuer.objects.count()
    with pytest.raises(leaving.ArchiveRefused, match=words) as caught:
        unpack(path, passphrase=passphrase)
    assert issuers.Issuer.objects.count() == before
    assert not Batch.objects.exists()
    return str(caught.value)


def lines_of(path, name):
    with zipfile.ZipFile(path) as archive:
        return lines(archive.read(name))
