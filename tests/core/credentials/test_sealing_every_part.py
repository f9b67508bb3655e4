"""Every shape that a badge and an award can have, with any values: sealed as the long way seals it.

`HYPOTHESIS_PROFILE=many` tries fifty thousand documents of ten thousand shapes.
"""

from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from credentials.core import canonical, sealing
from issuers.core import keys
from tests.core.credentials import samples, test_sealing
from tests.core.credentials.test_every_part import credentials

VARIANTS = 5


@st.composite
def badges(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A document with any of its parts, and others of the same shape."""
    document = draw(credentials())
    others = [
        draw(test_sealing.another(document, plain=draw(st.booleans())))
        for _variant in range(VARIANTS)
    ]
    return document, others


@given(badges())
def test_whatever_its_parts_and_values_it_is_sealed_as_the_long_way_seals_it(drawn):
    document, others = drawn
    short = test_sealing.prepared(document)

    for each in others:
        found = test_sealing.outcome(lambda each=each: short.seal(each))
        assert found == test_sealing.outcome(lambda each=each: short._long(each))

    event(f"of {VARIANTS} took the short way: {short.filled}")


@given(badges())
def test_two_processors_of_others_agree_with_what_was_sealed(drawn):
    document, others = drawn
    short = test_sealing.prepared(document)

    for each in others[:2]:
        sealed = test_sealing.outcome(lambda each=each: short.seal(each))
        if isinstance(sealed, sealing.Sealed):
            short.check(each, sealed)
            assert canonical.dumps(canonical.loads(sealed.data)) == sealed.data


def test_nearly_all_awards_of_a_badge_take_the_short_way():
    document = samples.small()
    short = sealing.Sealer(
        key=keys.load(samples.SEED),
        created=samples.CREATED,
        plans=sealing.Plans(
            verification_method=samples.METHOD, constants=test_sealing.constants(document)
        ),
    )

    for number in range(200):
        short.seal({**document, "id": f"https://badges.example/credentials/{number:022}"})

    assert (short.filled, short.first, short.fell_back) == (199, 1, 0)
