"""Our side of `benchmarks.blockcerts`: files in, signed documents out: `… FOLDER KEY_ID`.

It reads every file of `unsigned`, signs each document, makes the leaf that commits to it, and
writes what was signed into one file and the tree of all into another. What the first document says
of its issuer and its badge is what the others share, where they say the same.
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from blockchain.core import merkle
from credentials.core import sealing
from issuers.core import keys

SEED = bytes(range(32))
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main(folder: Path, method: str) -> None:
    """Sign everything."""
    names = sorted(os.listdir(folder / "unsigned"))  # noqa: PTH208 - names alone
    first = json.loads((folder / "unsigned" / names[0]).read_bytes())
    profile, badge = first["issuer"], first["credentialSubject"]["achievement"]
    plans = sealing.Plans(verification_method=method, constants=(profile, badge))
    sealer = sealing.Sealer(key=keys.load(SEED), created=NOW, plans=plans)
    leaves = []
    with (folder / "signed.jsonl").open("wb") as signed:
        for name in names:
            with open(f"{folder}/unsigned/{name}", "rb") as file:  # noqa: PTH123 - for speed
                document = json.load(file)
            subject = document["credentialSubject"]
            if document["issuer"] == profile:
                document["issuer"] = profile
            if subject["achievement"] == badge:
                subject["achievement"] = badge
            sealed = sealer.seal(document)
            leaves.append(merkle.leaf(salt=os.urandom(32), digest=sealed.digest))
            signed.write(sealed.data + b"\n")
    (folder / "tree").write_bytes(b"".join(merkle.build(b"".join(leaves))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
