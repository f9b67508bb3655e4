"""Signatures that were made the short way, over any shape and any values: a foreign sample."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from benchmarks import peers
from credentials.core import canonical, sealing
from tests.core.credentials import samples, test_sealing, test_sealing_every_part
from tests.interop import node

pytestmark = node.installed("@digitalbazaar/vc")
SHAPES = 20


def drawn() -> list[dict[str, Any]]:
    """Draw badges with any of their parts, and seal awards of each; return what was short."""
    found: list[dict[str, Any]] = []

    @settings(
        max_examples=SHAPES, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(test_sealing_every_part.badges())
    def collect(given_: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
        document, others = given_
        short = test_sealing.prepared(document)
        for each in others:
            before = short.filled
            sealed = test_sealing.outcome(lambda each=each: short.seal(each))
            if short.filled > before and isinstance(sealed, sealing.Sealed):
                found.append(canonical.loads(sealed.data))

    collect()
    return found


@pytest.fixture(scope="module")
def answers() -> list[bool]:
    issuer = samples.METHOD.partition("#")[0]
    with peers.DigitalBazaar(issuer=issuer, seed=samples.SEED, now=samples.CREATED) as peer:
        return peer.prove(drawn()).answers


def test_it_verifies_the_proof_of_each(answers: list[bool]) -> None:
    assert len(answers) >= SHAPES
    assert all(answers)
