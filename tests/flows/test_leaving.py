"""An organisation moves between two real installations, by the commands, as operators do it."""

import pytest

from benchmarks import leaving

pytestmark = pytest.mark.stack


def test_nothing_public_changes_between_two_databases_and_one_chain(tmp_path):
    found = leaving.move(tmp_path, count=12, share=100, durable=False)

    assert found.different == 0
    assert found.addresses > 200
