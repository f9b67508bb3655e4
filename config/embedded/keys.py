"""The secrets of an embedded stack: drawn once, kept in files, never in the database.

Run as a program, `python -m config.embedded.keys FOLDER`, it writes the same files for
docker-compose.yml.
"""

import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from config.embedded.folder import EmbeddedError, write_whole


def hexadecimal() -> str:
    """Draw 32 bytes: an AES-256 key, or a secp256k1 key (out of its range once in 2^128)."""
    return secrets.token_hex(32)


def password() -> str:
    """Draw a password that may stand in a URL as it is."""
    return secrets.token_urlsafe(24)


# File name -> how it is drawn. The first four are settings: SECRET_KEY is read from
# SECRET_KEY_FILE, and so on.
KINDS: Mapping[str, Callable[[], str]] = {
    "secret_key": lambda: secrets.token_urlsafe(50),
    "learner_kek": hexadecimal,
    "signing_kek": hexadecimal,
    "submitter_key": hexadecimal,
    "database_superuser": password,
    "database_owner": password,
    "database_application": password,
    "database_worker": password,
    "database_auditor": password,
}
# File name -> the role that the address of the database is for, and the kind of its password.
URLS = {
    "database_url": ("acquis", "application"),
    "migration_database_url": ("acquis_owner", "owner"),
    "worker_database_url": ("acquis_worker", "worker"),
    "fsck_database_url": ("acquis_auditor", "auditor"),
}
# Without these, what the database holds cannot be read any more: they are never drawn a second
# time.
IRREPLACEABLE = ("learner_kek", "signing_kek", "submitter_key", "database_superuser")


def ensure(folder: Path, *, in_use: bool) -> None:
    """Draw the secrets that are missing.

    Args:
        folder: Where the files are.
        in_use: Whether a database was already filled under these keys.

    Raises:
        EmbeddedError: a key that cannot be replaced is gone.
    """
    for name, draw in KINDS.items():
        path = folder / name
        if path.exists():
            continue
        if in_use and name in IRREPLACEABLE:
            raise EmbeddedError(
                f"{path} is missing, and what the database holds cannot be read without it: "
                "put it back from a copy."
            )
        write_whole(path, draw() + "\n")


def read(folder: Path, name: str) -> str:
    """Return a secret."""
    return (folder / name).read_text("ascii").strip()


def main(arguments: list[str]) -> None:
    """Write the files for Docker.

    The folder keeps the people of this machine out, so that the users of every image may read the
    files: Docker shows each one as it is.
    """
    if len(arguments) != 1:
        raise SystemExit("usage: python -m config.embedded.keys FOLDER")
    folder = Path(arguments[0])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    ensure(folder, in_use=False)
    for name, (role, kind) in URLS.items():
        secret = read(folder, f"database_{kind}")
        write_whole(folder / name, f"postgres://{role}:{secret}@postgres:5432/acquis\n")
    for path in folder.iterdir():
        path.chmod(0o444)
    print(f"Secrets are in {folder.absolute()}: keep a copy, and keep it from others.")


if __name__ == "__main__":
    main(sys.argv[1:])
