"""How lanes are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockchain.core import lanes
from blockchain.core.lanes import Lane

signers = st.from_regex(r"[a-z0-9]{1,20}([.-][a-z0-9]{1,10}){0,2}", fullmatch=True)


@given(st.integers(1, 2**60), st.just("") | signers)
def test_what_is_written_is_read_again(number, signer):
    lane = Lane(f"eip155:{number}", signer)

    assert lanes.parse(str(lane)) == lane


@pytest.mark.parametrize(
    "text",
    ["", "1", "eip155:0", "eip155:01", "solana:1", "eip155:1/", "eip155:1/a/b", "eip155:1/..",
     "eip155:1/A", "eip155:1/-a", "eip155:1/a..b", "eip155:1/" + "a" * 61, "eip155:1 "],
)  # fmt: skip
def test_what_is_no_lane_is_refused(text):
    with pytest.raises(lanes.LaneError):
        lanes.parse(text)


def test_the_longest_names_fit_their_columns():
    lane = lanes.parse("eip155:" + "9" * 32 + "/" + "a" * 60)

    assert (len(lane.chain), len(lane.signer)) == (39, 60)
