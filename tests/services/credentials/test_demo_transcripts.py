"""The demonstration's transcripts: what its data asks for, and what is wrong with other data."""

import pytest

from config.demo import data, transcripts

[ARDOISE, RIVES] = data.load()


def test_one_holds_every_block_of_its_certification_and_one_lacks_a_block():
    blocks = {each.slug: each.block for each in ARDOISE.achievements}
    achievement = {each.reference: each.achievement for each in ARDOISE.credentials}

    found = transcripts.load(ARDOISE)

    [certification] = ARDOISE.certifications
    wanted = {block.code for block in certification.blocks}
    held = [{blocks[achievement[each]] for each in one.credentials} - {""} for one in found]
    assert held[0] == wanted
    assert held[1] < wanted
    assert transcripts.load(RIVES) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reference\nA\n", "the columns are"),
        ("reference,credentials\nA,\n", "line 2, credentials"),
        ("reference,credentials\nA,IA-0\n", "not IA-0"),
        ("reference,credentials\nA,IA-2026-0011 IA-2026-0016\n", "several learners"),
    ],
)
def test_data_that_cannot_be_is_refused_by_line(tmp_path, text, message):
    folder = tmp_path / ARDOISE.slug
    folder.mkdir()
    (folder / "transcripts.csv").write_text(text)

    with pytest.raises(data.DataError, match=message):
        transcripts.load(ARDOISE, tmp_path)
