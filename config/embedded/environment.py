"""The settings that the embedded stack gives its processes: the same names as everywhere else."""

import json
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Literal

from config.embedded.folder import Folder, write_whole

# A person is whoever types a command at the terminal of the machine that the stack runs on.
Role = Literal["web", "worker", "beat", "owner", "person"]

# Who may sign and who may submit: never the process that answers strangers.
SECRETS: Mapping[str, tuple[Role, ...]] = {
    "SECRET_KEY": ("web", "worker", "beat", "owner", "person"),
    "LEARNER_KEK": ("web", "worker", "beat", "owner", "person"),
    "SIGNING_KEK": ("worker", "person"),
    "SUBMITTER_KEY": ("worker", "owner", "person"),
}
# Other ways to submit, which only the person gives: for those who may.
ALSO_SUBMIT = (
    *("SUBMITTER_KEYSTORE", "SUBMITTER_PASSWORD", "SUBMITTER_KEY_SERVICE", "SUBMITTERS_DIR"),
)
# What a key service asks of those who may open signing keys.
ALSO_SIGN = ("SIGNING_KEK_TOKEN",)
# Quick, for someone who looks on; a public site has its own.
DEFAULTS = {
    "ANCHOR_SEAL_AGE_SECONDS": "5",
    "ANCHOR_CONFIRMATIONS": "1",
    "TICK_SECONDS": "1",
    "LOG_LEVEL": "WARNING",
}
FILE = "environment.json"


def for_role(
    role: Role, *, given: Mapping[str, str], keys: Path, found: dict[str, str]
) -> dict[str, str]:
    """Return the environment of a process.

    Args:
        role: What it does.
        given: The person's own environment, which wins over what follows.
        keys: Where the secrets are.
        found: What the parts of the stack are called: DATABASE_URL and so on.
    """
    said = {name: value for name, value in given.items() if value or name not in DEFAULTS | found}
    environment = {**DEFAULTS, **found, **said, "DJANGO_SETTINGS_MODULE": "config.settings"}
    if role == "owner" and environment.get("MIGRATION_DATABASE_URL"):
        environment["DATABASE_URL"] = environment["MIGRATION_DATABASE_URL"]
    environment.pop("MIGRATION_DATABASE_URL", None)
    # The role that signs, and looks for work across issuers.
    if role in ("worker", "person") and environment.get("WORKER_DATABASE_URL"):
        environment["DATABASE_URL"] = environment["WORKER_DATABASE_URL"]
    environment.pop("WORKER_DATABASE_URL", None)
    if role != "person":  # who serves and works has no use for the auditor's view
        environment.pop("FSCK_DATABASE_URL", None)
    for secret, others in (("SUBMITTER_KEY", ALSO_SUBMIT), ("SIGNING_KEK", ALSO_SIGN)):
        for name in others if role not in SECRETS[secret] else ():
            environment.pop(name, None)
            environment.pop(f"{name}_FILE", None)
    for name, roles in SECRETS.items():
        if role not in roles:
            environment.pop(name, None)
            environment.pop(f"{name}_FILE", None)
        elif not environment.get(name) and not environment.get(f"{name}_FILE"):
            environment[f"{name}_FILE"] = str(keys / name.lower())
    return environment


def publish(folder: Folder, environment: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Leave what a command needs to work with the running stack: what we added."""
    added = {name: value for name, value in environment.items() if given.get(name) != value}
    write_whole(folder.root / FILE, json.dumps(added, indent=1))


def adopt(folder: Folder, environment: MutableMapping[str, str]) -> bool:
    """Let a command of a person at the terminal find the embedded stack: `manage.py verify`, say.

    Nothing is changed where the person has already said which database or which secrets to use.

    Returns:
        Whether there was a stack to find.
    """
    own = ("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FILE", "DEBUG")
    if any(environment.get(name) for name in own) or not folder.is_running():
        return False
    try:
        found = json.loads((folder.root / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    for name, value in found.items():
        environment.setdefault(name, value)
    return True
