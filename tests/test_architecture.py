"""The contracts of pyproject.toml hold, and they still have teeth."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
IMPORT_LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES: list[str] = IMPORT_LINTER["root_packages"]
FLOORS: list[str] = [
    "urls", "apps", "admin", "api", "management", "tasks", "views", "access", "forms",
    "serializers", "services", "selectors", "rules", "models", "chains", "resolvers", "scope",
    "trail", "core",
]  # fmt: skip
INJECTIONS = [
    tuple(part.strip() for part in line.split("|"))
    for line in (ROOT / "tests/architecture/violations.txt").read_text().splitlines()
    if line and not line.startswith("#")
]

END = "that was all\n"
FORKING = f"""
import os, sys
from importlinter.cli import lint_imports_command as lint

for _again in sys.stdin:
    child = os.fork()
    if not child:
        try:
            lint()
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.waitpid(child, 0)
    sys.stdout.write({END!r})
    sys.stdout.flush()
"""


def contract(number: int) -> dict[str, Any]:
    """Return the contract whose name starts with `number`."""
    (found,) = (c for c in IMPORT_LINTER["contracts"] if c["name"].startswith(f"{number}. "))
    return dict(found)


class Linter:
    """import-linter on a source tree, as `make check` runs it.

    It takes longer to import than to run: so a process has it, and each run is a fork of that.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
            [sys.executable, "-c", FORKING, "--no-logo", "--cache-dir", str(source / ".cache")],
            cwd=source,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def broken_contracts(self) -> set[str]:
        """Return the numbers of the contracts that it reports."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        told = "".join(iter(self._process.stdout.readline, END))
        kept = set(re.findall(r"^(\d)\. .* KEPT$", told, re.MULTILINE))
        broken = set(re.findall(r"^(\d)\. .* BROKEN$", told, re.MULTILINE))
        assert len(kept | broken) == len(IMPORT_LINTER["contracts"]), told
        return broken

    def end(self) -> None:
        """Let the process end."""
        self._process.communicate()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the Python files of the product to a folder where they may be spoilt."""
    copy = tmp_path_factory.mktemp("source")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "node_modules" not in path.parts:
                target = copy / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    return copy


@pytest.fixture(scope="module")
def linter(source: Path) -> Iterator[Linter]:
    linter = Linter(source)
    yield linter
    linter.end()


def file_of(source: Path, module: str) -> Path:
    """Return the file of a dotted module, whether it is a file or a package."""
    path = source.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@contextmanager
def injected(source: Path, module: str, statement: str) -> Iterator[None]:
    """Add one import to one module; make that module, and what it names, where not written yet."""
    (node,) = ast.parse(statement).body
    wanted = {module}
    if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in PACKAGES:
        wanted |= {f"{node.module}.{alias.name}" for alias in node.names if alias.name != "app"}
    before = {
        path: path.read_bytes() if path.exists() else None
        for path in (file_of(source, m) for m in wanted)
    }
    for path in before:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    with file_of(source, module).open("a") as file:
        file.write(f"\n{statement}\n")
    try:
        yield
    finally:
        for path, content in before.items():
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)


def test_every_contract_holds(linter):
    assert linter.broken_contracts() == set()


@pytest.mark.parametrize(
    ("module", "statement", "verdict"), INJECTIONS, ids=[" | ".join(i) for i in INJECTIONS]
)
def test_an_injected_import_is_judged(linter, module, statement, verdict):
    with injected(linter.source, module, statement):
        broken = linter.broken_contracts()

    assert (verdict in broken) if verdict != "accepted" else broken == set()


def test_every_contract_has_a_violation_that_only_it_was_made_for():
    expected = {str(number) for number in range(1, len(IMPORT_LINTER["contracts"]) + 1)}

    assert {verdict for _, _, verdict in INJECTIONS} == expected | {"accepted"}


def test_the_floors_are_complete_and_nothing_may_stand_outside_them():
    floors = contract(2)

    assert floors["exhaustive"] is True
    assert floors["exhaustive_ignores"] == ["migrations"]
    assert re.findall(r"\w+", " ".join(floors["layers"])) == FLOORS
    assert floors["containers"] == [package for package in PACKAGES if package != "config"]


def test_no_contract_excuses_a_single_import():
    assert [c["name"] for c in IMPORT_LINTER["contracts"] if "ignore_imports" in c] == []


def apps_below(app: str) -> set[str]:
    """Return the apps that `app` may know, itself included, as contract 1 orders them."""
    layers = [re.findall(r"\w+", layer) for layer in contract(1)["layers"]]
    (level,) = (index for index, layer in enumerate(layers) if app in layer)
    return {app, *(name for layer in layers[level + 1 :] for name in layer)}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in PACKAGES]


def misdirected(candidates: list[type[models.Model]]) -> list[str]:
    """Name the relations that point to an app above or beside, which import-linter cannot see."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in candidates
        for field in model._meta.get_fields()
        if not field.auto_created
        and isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model._meta.app_label in PACKAGES
        and field.related_model._meta.app_label not in apps_below(model._meta.app_label)
    ]


def test_foreign_keys_point_the_way_imports_do():
    assert our_models()
    assert misdirected(our_models()) == []


def test_a_foreign_key_that_points_up_or_sideways_is_seen(monkeypatch):
    # Nothing may remember these two rows: the registry of the other tests stays clean.
    monkeypatch.setattr(
        apps, "all_models", {label: dict(known) for label, known in apps.all_models.items()}
    )

    def row(app: str, name: str, target: str) -> type[models.Model]:
        meta = type("Meta", (), {"app_label": app})
        key = models.ForeignKey(target, models.CASCADE, related_name="+")
        return type(
            name, (models.Model,), {"__module__": f"{app}.models", "Meta": meta, "key": key}
        )

    sideways = row("badges", "Sideways", "learners.Learner")
    upward = row("issuers", "Upward", "credentials.Credential")
    downward = row("credentials", "Downward", "issuers.Issuer")
    apps.clear_cache()

    assert misdirected([sideways, upward, downward]) == [
        "badges.Sideways.key",
        "issuers.Upward.key",
    ]


def test_nothing_happens_in_save_and_rows_inherit_no_other_row():
    for model in our_models():
        assert not {"save", "delete", "full_clean"} & set(vars(model)), model
        assert not model._meta.parents, model
        assert not [f for f in model._meta.private_fields if isinstance(f, GenericForeignKey)], (
            model
        )


def test_every_table_leaves_with_its_organisation_or_there_is_a_reason():
    from credentials.selectors import leaving

    # A table with an issuer leaves without a word; of its bytes somebody says how they are read,
    # and of a table without one, why it stays (credentials/selectors/leaving/registry.py).
    assert leaving.undecided() == []
    labels = {table.label for table in leaving.tables()}
    assert labels
    assert labels.isdisjoint(leaving.LEFT_OUT.keys() | leaving.CARRIED_APART.keys())


def test_every_public_address_is_mirrored_or_there_is_a_reason():
    from django.urls import get_resolver

    from credentials.selectors import leaving

    def names(resolver: Any) -> Iterator[str]:
        for each in resolver.url_patterns:
            if hasattr(each, "url_patterns"):
                # People's own pages, and the operator's: nobody else sees them.
                if str(each.pattern) not in {"account/", "operator/"}:
                    yield from names(each)
            elif not (each.name or "").startswith(("console", "provider", "wallet")):
                yield each.name or str(each.pattern)

    decided = leaving.MIRRORED | leaving.NOT_MIRRORED.keys()
    assert set(names(get_resolver())) - decided == set()
