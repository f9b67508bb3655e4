"""What the documentation says is true: commands exist, settings are read, links lead somewhere."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
OWN_COMMANDS = {"git", "cd", "pre-commit", "docker"}
LONGEST_RECIPE = 6


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def shell_lines(page: Path) -> list[str]:
    """Return the commands that a page asks its reader to type."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def commands() -> list[tuple[str, str]]:
    quoted = [("README.md", code) for code in re.findall(r"`(make [^`]+)`", README)]
    return [*((name(page), line) for page in PAGES for line in shell_lines(page)), *quoted]


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_that_the_documentation_shows_exists(page, line):
    words = [w for w in shlex.split(line, comments=True) if not re.fullmatch(r"[A-Z_]+=.*", w)]

    if words[0] == "make":
        plan = subprocess.run(  # noqa: S603 - a dry run of our own targets
            [shutil.which("make") or "make", "--dry-run", *words[1:]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert plan.returncode == 0, plan.stderr
    elif "manage.py" in words:
        command, *arguments = words[words.index("manage.py") + 1 :]
        application = get_commands()[command]
        parser = load_command_class(str(application), command).create_parser("manage.py", command)
        parser.parse_args(arguments)
    else:
        assert words[0] in OWN_COMMANDS, f"{page}: nobody checks {line!r}"


def test_the_readme_starts_with_a_picture_and_two_commands():
    picture, demo, test = (README.index(w) for w in ("![", "\nmake demo\n", "\nmake test\n"))

    assert picture < demo < test
    assert shell_lines(ROOT / "README.md")[:2] == ["make demo", "make test"]


def variables_read() -> set[str]:
    """Return the names that the settings and the embedded stack take from the environment."""
    source = "".join((ROOT / f"config/{each}.py").read_text() for each in ("settings", "post"))
    calls = r"(?:env\.\w+|secret|key_encryption_key)\(\s*\"([A-Z_]+)\""
    return set(re.findall(calls, source))


def variables_told() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))


def test_every_setting_is_in_the_readme():
    assert variables_read() - variables_told() == set()


def test_every_variable_of_the_readme_is_read_somewhere():
    source = "".join(path.read_text() for path in (ROOT / "config").rglob("*.py"))

    assert [v for v in variables_told() if not re.search(rf"[\"']{v}[\"']", source)] == []


def links() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.DOTALL)
        targets = re.findall(r"\]\(([^)\s]+)\)", text)
        found += [(name(page), t) for t in targets if not re.match(r"[a-z]+:", t)]
    return found


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize(("page", "target"), links())
def test_a_link_of_the_documentation_leads_somewhere(page, target):
    path, _, fragment = target.partition("#")
    destination = (ROOT / page).parent / path if path else ROOT / page

    assert destination.exists()
    assert not fragment or fragment in anchors(destination)


def test_every_decision_is_listed():
    listed = (ROOT / "docs/adr/README.md").read_text()

    assert [p.name for p in ROOT.glob("docs/adr/0*.md") if f"({p.name})" not in listed] == []


def test_help_lists_every_target_with_what_it_does():
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    targets = set(phony.split())
    documented = set(re.findall(r"^([a-z]+):.*## \S", MAKEFILE, re.MULTILINE))

    assert documented == targets
    for recipe in re.findall(r"(?:^\t.*\n)+", MAKEFILE, re.MULTILINE):
        assert len(recipe.splitlines()) <= LONGEST_RECIPE, "logic belongs to config/setup.sh"


def test_ci_runs_what_the_documentation_says():
    run = (ROOT / ".ci/run").read_text()
    workflow = (ROOT / ".github/workflows/ci.yml").read_text()

    assert 'for target in check verifiers test "chaos SEEDS=20 AGAIN=1 JOBS=2";' in run
    for target in ("make check", "make verifiers", "make test", "make chaos SEEDS=20"):
        assert f"run: {target}" in workflow
    uses = re.findall(r"uses: (\S+)", workflow)
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in uses)
