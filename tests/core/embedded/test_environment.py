"""What each process of the stack is told, and what it is not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from config.embedded import environment
from config.embedded.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEYS = Path("/keys")
FOUND = {
    "DATABASE_URL": "postgres://acquis:a@//run/acquis",
    "MIGRATION_DATABASE_URL": "postgres://acquis_owner:o@//run/acquis",
    "WORKER_DATABASE_URL": "postgres://acquis_worker:w@//run/acquis",
    "FSCK_DATABASE_URL": "postgres://acquis_auditor:r@//run/acquis",
    "REDIS_URL": "unix:///run/valkey.sock?db=0",
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """Return the folder of a stack that runs, as far as its lock says."""
    folder = Folder(tmp_path / "data")
    folder.create()
    folder.lock()
    yield folder
    folder.unlock()


def for_role(role: environment.Role, given: Mapping[str, str] = {}) -> dict[str, str]:
    return environment.for_role(role, given=given, keys=KEYS, found=FOUND)


@pytest.mark.parametrize("role", ["web", "beat"])
@pytest.mark.parametrize("name", ["SIGNING_KEK", "SUBMITTER_KEY"])
def test_who_answers_strangers_can_neither_sign_nor_submit(
    role: environment.Role, name: str
) -> None:
    given = {name: "ab" * 32, f"{name}_FILE": "/somewhere"}

    told = for_role(role, given)

    assert name not in told
    assert f"{name}_FILE" not in told


def test_the_worker_is_told_where_every_key_is() -> None:
    told = for_role("worker")

    assert {name: told[f"{name}_FILE"] for name in environment.SECRETS} == {
        "SECRET_KEY": "/keys/secret_key",
        "LEARNER_KEK": "/keys/learner_kek",
        "SIGNING_KEK": "/keys/signing_kek",
        "SUBMITTER_KEY": "/keys/submitter_key",
    }


def test_only_migrations_are_done_as_the_owner() -> None:
    assert for_role("owner")["DATABASE_URL"] == FOUND["MIGRATION_DATABASE_URL"]
    for role in ("web", "worker", "beat", "person"):
        assert "MIGRATION_DATABASE_URL" not in for_role(role)


def test_only_who_signs_has_the_role_that_looks_across_issuers() -> None:
    urls = {role: for_role(role)["DATABASE_URL"] for role in get_args(environment.Role)}

    assert urls["web"] == urls["beat"] == FOUND["DATABASE_URL"]
    assert urls["worker"] == urls["person"] == FOUND["WORKER_DATABASE_URL"]
    for role in ("web", "worker", "beat", "owner", "person"):
        assert "WORKER_DATABASE_URL" not in for_role(role)


def test_only_a_person_at_the_terminal_has_the_auditors_view() -> None:
    assert for_role("person")["FSCK_DATABASE_URL"] == FOUND["FSCK_DATABASE_URL"]
    assert for_role("person") == {
        **for_role("worker"),
        "FSCK_DATABASE_URL": FOUND["FSCK_DATABASE_URL"],
    }
    for role in ("web", "worker", "beat", "owner"):
        assert "FSCK_DATABASE_URL" not in for_role(role)


def test_the_persons_own_environment_wins() -> None:
    told = for_role("web", {"SECRET_KEY": "mine", "TICK_SECONDS": "9", "REDIS_URL": "redis://mine"})

    assert (told["SECRET_KEY"], told["TICK_SECONDS"]) == ("mine", "9")
    assert told["REDIS_URL"] == "redis://mine"
    assert "SECRET_KEY_FILE" not in told


def test_an_empty_value_says_nothing() -> None:
    told = for_role("web", {"TICK_SECONDS": "", "DATABASE_URL": ""})

    assert told["TICK_SECONDS"] == "1"
    assert told["DATABASE_URL"] == FOUND["DATABASE_URL"]


def test_a_command_finds_the_stack_that_runs(folder: Folder) -> None:
    given = {"HOME": "/home/somebody"}
    environment.publish(folder, for_role("worker", given), given)

    mine = {"HOME": "/home/somebody", "TICK_SECONDS": "9"}

    assert environment.adopt(folder, mine)
    assert mine["DATABASE_URL"] == FOUND["WORKER_DATABASE_URL"]
    assert mine["TICK_SECONDS"] == "9"


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FILE", "DEBUG"])
def test_a_command_that_was_told_where_to_work_is_left_alone(folder: Folder, name: str) -> None:
    environment.publish(folder, for_role("worker"), {})

    mine = {name: "1"}

    assert not environment.adopt(folder, mine)
    assert mine == {name: "1"}


def test_where_nothing_was_left_there_is_nothing_to_find(folder: Folder) -> None:
    assert not environment.adopt(folder, {})
    (folder.root / environment.FILE).write_text("{half")
    assert not environment.adopt(folder, {})


def test_a_stack_that_was_stopped_is_not_found(folder: Folder) -> None:
    environment.publish(folder, for_role("worker"), {})

    folder.unlock()

    assert not environment.adopt(folder, {})


@pytest.mark.parametrize("role", ["web", "beat"])
def test_who_may_not_submit_is_told_no_other_way_either(role, tmp_path):
    given = {
        "SUBMITTER_KEYSTORE": "/keys/one.json",
        "SUBMITTER_PASSWORD_FILE": "/keys/password",
        "SUBMITTER_KEY_SERVICE": "module.service",
    }

    told = environment.for_role(role, given=given, keys=tmp_path, found={})

    assert not [name for name in told if name.startswith("SUBMITTER_")]
