"""Rules of the house that no other tool keeps: what a tracked file may hold, how long it may be."""

import ast
import json
import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("badges", "blockchain", "credentials", "issuers", "learners")
LOCK_FILES = ("production", "demo", "dev")
MAX_LINES = 400
# A table of attacks is longer than what it attacks, and worse when it is cut in two.
MAX_TEST_LINES = 450

# Written so that this very file does not contain what it looks for.
FORBIDDEN = {
    "the host of a package registry": re.compile(
        r"https?://(registry|files|deb|security)\.[a-z-]+\.(org|com)|py[p]i\.org|python[h]osted\.org|npm[j]s\.(org|com)",
        re.IGNORECASE,
    ),
    "a path of somebody's machine": re.compile(
        r"(?<![\w.])/(w[o]rk|r[o]ot|ho[m]e/\w+|U[s]ers/\w+)/[\w.]"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KE[Y]-----"),
    "a task left for later": re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b"),
}


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files that git tracks and that are there; skip where this is not a clone."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    # A clone that belongs to somebody else is still worth reading.
    listed = subprocess.run(  # noqa: S603 - a fixed command
        [git, "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def texts() -> list[tuple[str, str]]:
    """Return name and content of every tracked text file that is ours to change."""
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        content = path.read_bytes()
        if b"\0" not in content[:8000] and not name.startswith("tests/vectors/"):
            found.append((name, content.decode("utf-8", "replace")))
    return found


def python_modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


def core_modules() -> list[Path]:
    return [
        path
        for path in python_modules()
        if "core" in path.parts and path.relative_to(ROOT).parts[0] in APPS
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what):
    found = [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]

    assert found == []


def test_no_lock_file_records_where_a_package_came_from():
    by_address = [
        p.name
        for p in tracked()
        if p.name in {"uv.lock", "poetry.lock"} or p.name.startswith("pylock.")
    ]
    npm = [p for p in tracked() if p.name == "package-lock.json"]

    assert by_address == []
    for path in npm:
        packages = json.loads(path.read_text())["packages"].values()
        assert not [p for p in packages if "resolved" in p], (
            f"{path}: set omit-lockfile-registry-resolved in .npmrc"
        )


def test_every_locked_python_package_has_hashes_and_no_address():
    for name in LOCK_FILES:
        entries = (ROOT / f"requirements/{name}.txt").read_text().replace("\\\n", " ").splitlines()
        for entry in entries:
            if entry and not entry.lstrip().startswith("#"):
                assert re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry), entry
                assert "://" not in entry, entry


def locked(name: str) -> set[str]:
    return set(
        re.findall(
            r"^([\w.\[\]-]+==\S+)", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE
        )
    )


def test_one_environment_serves_every_lock_file():
    assert locked("production") < locked("demo") < locked("dev")


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {
        "production": project["project"]["dependencies"],
        "demo": project["project"]["optional-dependencies"]["embedded"],
        "dev": project["dependency-groups"]["dev"],
    }

    for name, requirements in wanted.items():
        names = {re.split(r"[=\[]", entry)[0] for entry in locked(name)}
        assert {re.split(r"[<>=\[;~! ]", r)[0].lower() for r in requirements} <= names


def test_every_module_stays_under_four_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_modules()
        if (lines := len(path.read_text().splitlines()))
        >= (MAX_TEST_LINES if path.is_relative_to(ROOT / "tests") else MAX_LINES)
    }

    assert long == {}


def test_no_module_is_named_for_nothing_in_particular():
    empty_words = {"utils", "util", "helpers", "helper", "common", "misc", "managers", "handlers"}

    assert [str(path) for path in python_modules() if path.stem in empty_words] == []


def test_every_core_module_says_what_it_is_for():
    assert core_modules()
    silent = [
        str(p.relative_to(ROOT))
        for p in core_modules()
        if not ast.get_docstring(ast.parse(p.read_text()))
    ]

    assert silent == []


# What follows nobody's standard and is drawn by us alone.
OF_OUR_OWN = {"badges/core/icons.py", "credentials/core/copying.py"}
STANDARD = re.compile(
    r"\b(RFC \d{4}|RDFC|JSON-LD|Data Integrity|Open Badges|OB 3\.0|W3C|FIPS|PNG|CAIP-|EIP-|RNCP"
    r"|INCITS|European Learning Model|UTS #\d+|ISO(?:/IEC)? \d+)"
)


def test_every_core_module_names_the_standard_it_follows():
    # What it makes is hashed, signed or anchored for ever: a reader must be able to check it.
    bare = [
        name
        for path in core_modules()
        if (name := path.relative_to(ROOT).as_posix()) not in OF_OUR_OWN
        and path.name != "__init__.py"
        and not STANDARD.search(path.read_text())
    ]

    assert bare == []


def test_every_commit_subject_says_where_and_what():
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    log = subprocess.run(  # noqa: S603 - a fixed command
        [git, "-c", f"safe.directory={ROOT}", "log", "--no-merges", "--format=%s", "-n", "50"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    subject = re.compile(r"[a-z][a-z0-9 ,-]*: [A-Z].{2,}[^.]")

    assert [
        line for line in log.splitlines() if not subject.fullmatch(line) or len(line) > 72
    ] == []
