"""What docker-compose.yml promises, and its commands on parts that are somebody else's.

No Docker runs here: the file is read, and its commands are started as processes against a
PostgreSQL, a Valkey and a chain that they are only told the addresses of.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from celery import Celery
from django.core.management import get_commands

from config.embedded import chain, doctor, environment, keys, postgres, programs
from config.embedded.process import BASE, Guard, Program
from config.embedded.pytest_plugin import Servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

COMPOSE: dict[str, Any] = yaml.safe_load((BASE / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
# What Python itself needs of the environment, and nothing of ours.
BARE = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
OURS = ("web", "worker", "beat", "migrate", "registry", "fsck")
SETTINGS = "".join((BASE / "config" / name).read_text() for name in ("settings.py", "post.py"))


def secrets_of(service: str) -> set[str]:
    return set(SERVICES[service].get("secrets", []))


def words(command: list[str] | tuple[Any, ...]) -> list[str]:
    """Return the words of a command, `--name=value` as two."""
    split = [part for word in command for part in re.split(r"(?<=^--)?=", str(word), maxsplit=1)]
    return [part for part in split if part]


# -- the file
def test_it_has_the_parts_of_the_embedded_stack() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis", "chain", "keys"}
    assert SERVICES["postgres"]["image"].startswith("postgres:18")


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_one_that_the_settings_read(service: str) -> None:
    read = set(re.findall(r"\(\s*\"([A-Z][A-Z_]+)\"", SETTINGS))

    names = {name.removesuffix("_FILE") for name in SERVICES[service]["environment"]}

    assert names - read == set()


@pytest.mark.parametrize("service", OURS)
def test_every_secret_is_a_file_that_the_service_is_given(service: str) -> None:
    files = {
        value for name, value in SERVICES[service]["environment"].items() if name.endswith("_FILE")
    }

    assert files == {f"/run/secrets/{name}" for name in secrets_of(service)}


def test_who_may_sign_submit_and_own_is_who_may_in_the_embedded_stack() -> None:
    for name, roles in environment.SECRETS.items():
        holders = {service for service in OURS if name.lower() in secrets_of(service)}
        expected: set[str] = {role for role in roles if role not in ("owner", "person")}
        expected |= {"migrate", "registry", "fsck"}
        if name in ("SIGNING_KEK", "SUBMITTER_KEY"):
            expected -= {"migrate", "fsck"}
        if name == "SIGNING_KEK":
            expected -= {"registry"}
        assert holders == expected
    assert [s for s in SERVICES if "migration_database_url" in secrets_of(s)] == ["migrate"]
    assert [s for s in SERVICES if "worker_database_url" in secrets_of(s)] == ["worker"]
    assert [s for s in SERVICES if "fsck_database_url" in secrets_of(s)] == ["fsck"]
    assert "database_url" not in secrets_of("fsck")
    assert [s for s in SERVICES if "database_superuser" in secrets_of(s)] == ["postgres"]


def test_every_secret_is_drawn_by_the_program_for_it(tmp_path: Path) -> None:
    keys.main([str(tmp_path)])

    drawn = {f"./secrets/{path.name}" for path in tmp_path.iterdir()}

    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == drawn
    assert "/secrets/" in (BASE / ".gitignore").read_text().splitlines()
    assert "secrets" in (BASE / ".dockerignore").read_text().splitlines()


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_commands_are_those_of_the_embedded_stack(name: str) -> None:
    embedded = {
        "web": programs.web({}, listen=["0.0.0.0:8000"]),
        "worker": programs.worker({}),
        "beat": programs.beat({}),
    }[name]
    expected = words(["python", *map(str, embedded.command[1:])])

    assert words(SERVICES[name]["command"]) == expected
    (line,) = re.findall(rf"^{name}: (.*)$", (BASE / "Procfile").read_text(), re.MULTILINE)
    without_bind = [w for w in expected if w not in ("--bind", "0.0.0.0:8000")]
    assert words(line.replace('""', "").split()) == without_bind


def test_the_image_starts_the_web_as_the_service_does() -> None:
    (command,) = re.findall(r"gunicorn\", [^]]*", (BASE / "Dockerfile").read_text())
    found = re.findall(r"\"?([^\",\\\s]+)\"?", command)

    assert ["python", "-m", *found] == words(SERVICES["web"]["command"])


def test_commands_of_manage_py_exist() -> None:
    named = {
        service["command"][2]
        for service in SERVICES.values()
        if service.get("command", [])[1:2] == ["manage.py"]
    }

    assert named == {"migrate", "deploy_registry", "fsck"}
    assert named <= set(get_commands())


def test_services_wait_for_what_they_need_and_say_how_they_are() -> None:
    for name in ("web", "worker", "postgres", "redis", "chain"):
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    for name in ("web", "worker", "beat"):
        needs = SERVICES[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert needs["redis"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["restart"] == "no"


def test_only_the_pages_are_published_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"web": ["127.0.0.1:8000:8000"]}
    for name in ("postgres", "redis", "chain"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_image_is_small_locked_and_no_root() -> None:
    image = (BASE / "Dockerfile").read_text()

    assert "FROM python:3.11-slim-bookworm AS base" in image
    assert "USER acquis" in image.rpartition("AS acquis")[2]
    assert "--require-hashes" in image.rpartition("AS acquis")[2]
    assert "--hash=sha256:" in (BASE / "requirements" / "production.txt").read_text()
    for package in doctor.LIBRARIES.values():
        assert package in image


def test_the_example_of_settings_names_settings() -> None:
    example = (BASE / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))

    assert named == {
        name
        for name, value in COMPOSE["x-environment"].items()
        if value is None or str(value).startswith("${")
    }


@pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(
        ["docker", "compose", "version"],  # noqa: S607 - where it is, if it is
        capture_output=True,
        check=False,
    ).returncode
    != 0,
    reason="no `docker compose` here",
)
def test_docker_reads_the_file_as_we_do() -> None:
    result = subprocess.run(
        ["docker", "compose", "config", "--quiet"],  # noqa: S607 - as above
        cwd=BASE,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr


# -- its commands, on parts that are somebody else's
class Elsewhere:
    """A PostgreSQL, a Valkey and a chain, and the secrets, as compose would mount them."""

    def __init__(self, folder: Path, chain_url: str) -> None:
        self.folder, self.port = folder, chain.free_port()
        self.secrets = folder / "secrets"
        keys.main([str(self.secrets)])
        self.servers = Servers()
        self.redis_url = self.servers.start_valkey()
        # A bare cluster first, as in the image, then its script.
        self.servers.start_postgres(with_roles=False)
        self._run_roles()
        for name, (role, kind) in keys.URLS.items():
            own = keys.read(self.secrets, f"database_{kind}")
            path = self.secrets / name
            path.unlink()
            path.write_text(f"postgres://{role}:{own}@/{self.servers.sockets}/acquis\n")
        self.chain_url = chain_url
        self.guard = Guard(grace=3)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def _run_roles(self) -> None:
        binaries = postgres.installation()
        assert binaries is not None
        subprocess.run(  # noqa: S603 - our own program
            ["sh", BASE / "config/embedded/docker-roles.sh"],  # noqa: S607 - any POSIX shell
            env={
                "PATH": f"{binaries / 'bin'}:{os.environ['PATH']}",
                "PGHOST": str(self.servers.sockets),
                "PGPASSWORD": self.servers.superuser_password,
                "SECRETS": str(self.secrets),
                "ROLES": str(BASE / "config/embedded/roles.sql"),
            },
            check=True,
        )

    def environment(self, service: str) -> dict[str, str]:
        """Return what compose would set, with our addresses for its own."""
        told = {
            "PUBLIC_URL": f"http://localhost:{self.port}",
            "REDIS_URL": self.redis_url,
            "CHAIN_RPC_URL": self.chain_url,
            "CHAIN_ID": "131277322940537",
        }
        found = dict(BARE)
        for name, value in SERVICES[service]["environment"].items():
            if name in told:
                found[name] = told[name]
            elif value is not None:
                own = str(value).replace("/run/secrets", str(self.secrets))
                found[name] = own.replace("/data/", f"{self.folder}/data/")
        return found

    def start(self, service: str) -> subprocess.Popen[bytes]:
        command = [
            word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}")
            for word in SERVICES[service]["command"][1:]
        ]
        program = Program(service, [sys.executable, *command], self.environment(service))
        self.processes[service] = self.guard.start(program, log=self.folder / f"{service}.log")
        return self.processes[service]

    def once(self, service: str) -> None:
        code = self.start(service).wait(60)
        assert code == 0, (self.folder / f"{service}.log").read_text()

    def stop(self) -> None:
        self.guard.stop(list(self.processes.values()))
        self.guard.close()
        self.servers.stop()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, dev_chain: str) -> Iterator[Elsewhere]:
    elsewhere = Elsewhere(tmp_path_factory.mktemp("elsewhere"), dev_chain)
    yield elsewhere
    elsewhere.stop()


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.1)


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own pages
            return response.status, response.read().decode()
    except OSError as error:
        return 0, str(error)


def worker_answers(redis_url: str) -> bool:
    application = Celery(
        broker=redis_url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host="),
        set_as_current=False,  # or every task of this process would be sent to that broker
    )
    try:
        return bool(application.control.ping(timeout=1, limit=1))
    finally:
        application.close()


@pytest.mark.stack
def test_the_services_work_on_parts_that_are_somebody_elses(elsewhere: Elsewhere) -> None:
    elsewhere.once("migrate")
    elsewhere.once("registry")
    for service in ("web", "worker", "beat"):
        elsewhere.start(service)

    until(lambda: get(f"http://127.0.0.1:{elsewhere.port}/healthz")[0] == 200)
    until(lambda: worker_answers(elsewhere.redis_url))

    assert get(f"http://127.0.0.1:{elsewhere.port}/readyz") == (
        200,
        '{"database": "ok", "migrations": "ok"}',
    )
    assert all(elsewhere.processes[name].poll() is None for name in ("web", "worker", "beat"))


@pytest.mark.stack
def test_up_leaves_alone_the_parts_that_are_somebody_elses(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    port = chain.free_port()
    told: Mapping[str, str] = {
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": (elsewhere.secrets / "database_url").read_text().strip(),
        "MIGRATION_DATABASE_URL": (
            (elsewhere.secrets / "migration_database_url").read_text().strip()
        ),
        "REDIS_URL": elsewhere.redis_url.replace("?db=0", "?db=9"),
        "CHAIN_RPC_URL": elsewhere.chain_url,
    }
    up = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=BASE,
        env={**BARE, **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output: list[str] = []
    assert up.stdout is not None
    reader = threading.Thread(target=output.extend, args=(up.stdout,))
    reader.start()
    try:
        until(lambda: any("Ctrl-C stops it" in line for line in output) or up.poll() is not None)
        answer = get(f"http://127.0.0.1:{port}/readyz")
    finally:
        up.terminate()
        code = up.wait(60)
        reader.join()

    assert answer == (200, '{"database": "ok", "migrations": "ok"}'), "".join(output)
    assert code == 0
    made = {path.name for path in (tmp_path / "data").iterdir()}
    assert not made & {"postgres", "valkey", "chain.sqlite3"}
    logs = {path.stem for path in (tmp_path / "data" / "log").iterdir()}
    assert logs == {"web", "worker", "beat", "prepare"}
