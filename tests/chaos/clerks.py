"""What a person or the web would do, as a process of its own that may die on the way."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blockchain.chains.interface import Signed
    from blockchain.chains.signers import LocalSigner

ISSUERS = ("ecole-a", "ecole-b")
LEARNERS = 6
NOT_SIGNED = 7
KEY = f"{3:064x}"


def _now() -> datetime:
    return datetime.now(UTC)


def prepare() -> None:
    """Register two issuers with a badge and learners each; once, in the template."""
    from tests import factories

    for slug in ISSUERS:
        issuer = factories.issuer(slug=slug, name=slug.title())
        factories.achievement(issuer=issuer)
        _enrol(issuer)


def _enrol(issuer: object) -> None:
    from learners import services as people
    from tests.conftest import NOW

    people.enrol(
        issuer=issuer,  # type: ignore[arg-type]
        people=[
            people.Person(f"Élève {n}", f"eleve{n}@example.org", "fr") for n in range(LEARNERS)
        ],
        now=NOW,
    )


def deploy() -> None:
    """Put the registry on the chain, as the operator does."""
    from blockchain import services

    services.deploy_registry(now=_now(), wait=lambda _seconds: time.sleep(0.02))


def issue(slug: str, references: list[str]) -> None:
    """Issue awards; the same references again issue nothing."""
    from badges import models as badges
    from credentials import services
    from issuers import selectors as issuers
    from learners import models as learners

    issuer = issuers.find_by_slug(slug=slug)
    assert issuer is not None
    people = list(learners.Learner.objects.of(issuer).order_by("id"))
    services.issue(
        issuer=issuer,
        achievement=badges.Achievement.objects.of(issuer).get(),
        awards=[
            services.Award(
                learner=people[number % len(people)],
                reference=reference,
                valid_from=_now(),
            )
            for number, reference in enumerate(references)
        ],
        now=_now(),
    )


def sign() -> None:
    """Sign what is due, as a worker does."""
    from credentials import services

    services.sign(now=_now(), limit=100)


def revoke(slug: str, reference: str) -> None:
    """Revoke an award, unless an earlier clerk has."""
    from credentials import selectors, services
    from issuers import selectors as issuers

    issuer = issuers.find_by_slug(slug=slug)
    assert issuer is not None
    credential = selectors.find_by_reference(issuer=issuer, reference=reference)
    if credential is None or credential.signed_at is None:
        raise SystemExit(NOT_SIGNED)
    if not credential.is_revoked:
        services.revoke(issuer=issuer, credential=credential, reason="Erreur", now=_now())


def rebuild() -> None:
    """Give a restored database its batches back."""
    from django.core.management import call_command

    call_command("rebuild_proofs", "--recommit")


def retry(root: str) -> None:
    """Let a batch go on that was flagged, as the operator does who has looked."""
    from django.core.management import call_command

    call_command("retry_batch", root)


def audit(foreign: list[str], json_to: str) -> None:
    """Run fsck as a site does, and keep what it says."""
    from pathlib import Path

    from django.core.management import call_command

    with Path(json_to).open("w") as output:
        options = [word for each in foreign for word in ("--foreign", each)]
        call_command("fsck", "--chain", "--deep", "--json", *options, stdout=output)


def nonce_of(raw: str) -> int:
    """Return the nonce of signed bytes."""
    from blockchain.chains import raw as raw_bytes

    return raw_bytes.read(bytes.fromhex(raw[2:])).nonce


def address() -> str:
    """Return the account that submits."""
    return _signer().address


def foreign(chain_id: int, nonce: int) -> "Signed":
    """Sign something that is none of our business, and takes the place of what waits."""
    from blockchain.chains.interface import Unsigned

    return _signer().sign(
        Unsigned(
            chain_id=chain_id,
            nonce=nonce,
            to="0x" + "99" * 20,
            data=b"",
            gas=21_000,
            max_fee=1_000 * 10**9,
            max_tip=10 * 10**9,  # more would raise what the node calls a usual tip
        )
    )


def _signer() -> "LocalSigner":
    from blockchain.chains import signers

    return signers.LocalSigner(bytes.fromhex(KEY))
