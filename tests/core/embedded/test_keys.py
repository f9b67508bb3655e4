"""The secrets of an embedded stack: drawn once, private, never drawn a second time."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from config.embedded import keys
from config.embedded.folder import EmbeddedError

if TYPE_CHECKING:
    from pathlib import Path


def test_every_secret_is_drawn_once_and_for_us_alone(tmp_path: Path) -> None:
    keys.ensure(tmp_path, in_use=False)
    first = {name: keys.read(tmp_path, name) for name in keys.KINDS}

    keys.ensure(tmp_path, in_use=True)

    assert {name: keys.read(tmp_path, name) for name in keys.KINDS} == first
    assert len(set(first.values())) == len(first)
    for name in keys.KINDS:
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["signing_kek", "learner_kek", "submitter_key"])
def test_keys_are_64_hexadecimal_digits(tmp_path: Path, name: str) -> None:
    keys.ensure(tmp_path, in_use=False)

    assert len(bytes.fromhex(keys.read(tmp_path, name))) == 32


@pytest.mark.parametrize("name", keys.IRREPLACEABLE)
def test_a_lost_key_is_not_replaced_behind_the_back_of_the_database(
    tmp_path: Path, name: str
) -> None:
    keys.ensure(tmp_path, in_use=False)
    (tmp_path / name).unlink()

    with pytest.raises(EmbeddedError, match=f"{name} is missing.*put it back"):
        keys.ensure(tmp_path, in_use=True)

    assert not (tmp_path / name).exists()


def test_the_files_for_docker_stand_in_a_closed_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.main([str(tmp_path / "secrets")])

    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets" / "signing_kek").stat().st_mode) == 0o444
    owner = keys.read(tmp_path / "secrets", "database_owner")
    assert (tmp_path / "secrets" / "migration_database_url").read_text() == (
        f"postgres://acquis_owner:{owner}@postgres:5432/acquis\n"
    )
    assert keys.read(tmp_path / "secrets", "signing_kek") not in capsys.readouterr().out
