"""Seal any shape with any values, for so many minutes.

    python -m tests.core.credentials.proving 20
    python -m tests.core.credentials.proving 20 15      goes on where the first one ended

Each badge is drawn with any of its parts, and a few awards of it with any values; more are made by
dealing these values out anew. Each is sealed the short way and the long way, and judged by both
processors of others. Nothing may differ; what was counted is printed as it goes, for
docs/sealing.md.
"""

import sys
import time
from collections import Counter
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from credentials.core import sealing, shapes
from tests.core.credentials import test_sealing
from tests.core.credentials.test_every_part import credentials

# Drawing takes Hypothesis as long as sealing a hundred the long way: it draws few, and a chance of
# our own deals.
DRAWN, DEALT = 4, 96
# How often a text is made of two, and an address is one that was drawn for its place.
MIXED, STRANGE = 0.3, 0.02


@st.composite
def badges(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A document with any of its parts, and many of the same shape."""
    document = draw(credentials())
    plain = st.booleans()
    drawn = [draw(test_sealing.another(document, plain=draw(plain))) for _award in range(DRAWN)]
    chance = Random(draw(st.integers(0, 2**64)))  # noqa: S311 - to try things, not to hide them
    return document, [*drawn, *(dealt(document, drawn, chance) for _award in range(DEALT))]


def dealt(document: dict[str, Any], drawn: list[dict[str, Any]], chance: Random) -> dict[str, Any]:
    """An award of the same shape: texts of others, most addresses its own, some not."""
    constants = test_sealing.constants(document)
    names = shapes.slots(document, constants=constants)
    known = [shapes.divide(each, constants=constants).values for each in drawn]
    words = [*test_sealing.ODD, *(value for values in known for value in values)]
    values = []
    for place, name in enumerate(names):
        if name not in shapes.ADDRESSES:
            one = chance.choice(words)
            values.append(one + chance.choice(words) if chance.random() < MIXED else one)
        elif chance.random() < STRANGE:
            values.append(chance.choice(known)[place])
        else:
            values.append(f"https://badges.example/{chance.randrange(10**9)}")
    filled: dict[str, Any] = shapes.fill(document, values, constants=constants)
    return filled


def prove(minutes: float, *, begin: int = 1) -> Counter[str]:
    """Draw until the time is over; raise where anything differs.

    Args:
        minutes: How long.
        begin: What chance begins with; the next number with the next ten shapes.
    """
    found: Counter[str] = Counter()
    end = time.monotonic() + minutes * 60

    def one(drawn: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
        document, awards = drawn
        short = test_sealing.prepared(document)
        for each in awards:
            sealed = test_sealing.outcome(lambda each=each: short.seal(each))
            if isinstance(sealed, sealing.Sealed):
                short.check(each, sealed)
                found["judged by two processors of others"] += 1
            elif sealed != test_sealing.outcome(lambda each=each: short._long(each)):
                raise AssertionError(f"sealed otherwise: {each}")
            else:
                found["refused by both ways"] += 1
        found["shapes"] += 1
        found["documents"] += len(awards)
        found["the short way"] += short.filled

    number = begin - 1
    while time.monotonic() < end:
        number += 1
        drawing = settings(
            max_examples=10, phases=[Phase.generate], database=None, deadline=None,
            suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
        )  # fmt: skip
        seed(number)(drawing(given(badges())(one)))()
        sys.stdout.write(f"{number}: {dict(found)}\n")
        sys.stdout.flush()
    return found


if __name__ == "__main__":
    said = dict(enumerate(sys.argv))
    prove(float(said.get(1, "20")), begin=int(said.get(2, "1")))
