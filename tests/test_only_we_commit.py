"""No door takes a hash: only what we computed from a document that an issuer's key signed is
anchored. Whoever could have any 32 bytes anchored could date what no issuer has signed.
"""

import ast
import inspect
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import get_resolver

from blockchain import services

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("badges", "blockchain", "config", "credentials", "issuers", "learners")
# Whoever may promise that leaves will be anchored: each signs them in the same transaction, states
# what the issuer's keys and status lists are, or promises again what such a one had promised.
SIGNERS = {
    "credentials/services/signing.py",
    "credentials/services/stating.py",
    "credentials/services/transcripts/signing.py",
    "credentials/services/recommitting.py",
}
# Whoever may write rows of leaves: the verb itself, and the manifests of what it once took, here or
# where an organisation came from.
WRITERS = {"blockchain/services/sealing.py", "blockchain/services/placing.py"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "acreate", "abulk_create"}
# What the leaf of a document is made by, and who hands on bytes that are none.
HASHES = ("leaf", "digest", "hash", "root")


def sources() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts and "node_modules" not in path.parts
    }


def names_of(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Return what the module calls the package of services, and what it calls `commit` itself."""
    packages: set[str] = set()
    verbs: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                name = each.asname or each.name
                if (node.module, each.name) == ("blockchain", "services"):
                    packages.add(name)
                if (node.module or "").startswith("blockchain.services"):
                    (verbs if each.name == "commit" else packages).add(name)
        elif isinstance(node, ast.Import):
            packages |= {
                each.asname or each.name
                for each in node.names
                if each.name.startswith("blockchain.services") or each.name == "blockchain"
            }
    return packages, verbs


def commits(text: str) -> bool:
    """Say whether a module could commit leaves, by whatever name it calls the verb."""
    tree = ast.parse(text)
    packages, verbs = names_of(tree)
    if verbs:
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            whose = ast.unparse(node.value).partition(".")[0]
            if whose in {name.partition(".")[0] for name in packages}:
                return True
        # Asked for by its name, or all of it at once.
        if isinstance(node, ast.Constant) and node.value == "blockchain.services":
            return True
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("getattr", "operator.attrgetter", "attrgetter")
            and any(isinstance(each, ast.Constant) and each.value == "commit" for each in node.args)
        ):
            return True
    return False


def writes_leaves(text: str) -> bool:
    """Say whether a module could write rows of leaves: through the model, or in SQL."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = " ".join(node.value.lower().split())
            if "into blockchain_commitment" in words or "copy blockchain_commitment" in words:
                return True
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Commitment"):
            return True
        if (
            isinstance(node, ast.Attribute)
            and node.attr in WRITES
            and "Commitment" in ast.unparse(node.value)
        ):
            return True
    return False


def test_only_what_signs_commits_leaves():
    found = {name for name, text in sources().items() if commits(text)}

    assert found - {name for name in found if name.startswith("blockchain/")} == SIGNERS
    # The engine offers the verb, and calls it nowhere itself.
    assert {name for name in found if name.startswith("blockchain/")} == {
        "blockchain/services/__init__.py"
    }


def test_only_the_verb_and_the_manifests_write_leaves():
    assert {name for name, text in sources().items() if writes_leaves(text)} == WRITERS


@pytest.mark.parametrize(
    "seeded",
    [
        "from blockchain import services as anchoring\nanchoring.commit(leaves=[x], now=n)",
        "from blockchain import services\nwrite = services.commit",
        "from blockchain.services import commit as promise\npromise(leaves=[x], now=n)",
        "from blockchain.services import sealing\nsealing.commit(leaves=[x], now=n)",
        "import blockchain.services\nblockchain.services.commit(leaves=[x], now=n)",
        "import blockchain.services.sealing as s\ns.commit(leaves=[x], now=n)",
        "from blockchain import services\ngetattr(services, 'commit')(leaves=[x], now=n)",
        "import importlib\nimportlib.import_module('blockchain.services')",
    ],
)
def test_a_door_that_commits_would_be_seen(seeded):
    assert commits(seeded)


@pytest.mark.parametrize(
    "seeded",
    [
        "from blockchain.models import Commitment\nCommitment.objects.create(leaf=x)",
        "from blockchain import models\nmodels.Commitment(leaf=x).save()",
        "from blockchain import models\nmodels.Commitment.objects.using('x').bulk_create([])",
        "cursor.execute('INSERT INTO blockchain_commitment (leaf) VALUES (%s)', [x])",
    ],
)
def test_a_module_that_writes_leaves_would_be_seen(seeded):
    assert writes_leaves(seeded)


@pytest.mark.parametrize(
    "innocent",
    [
        "from django.db import connection\nconnection.commit()",
        "from blockchain import services\nservices.seal(now=n)",
        "from blockchain.models import Commitment\nCommitment.objects.filter(leaf=x)",
    ],
)
def test_what_does_neither_is_not_accused(innocent):
    assert not commits(innocent)
    assert not writes_leaves(innocent)


def patterns(resolver, prefix=""):
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from patterns(each, path)
        else:
            yield path, each.callback


def test_no_address_but_the_one_of_a_batch_asks_for_a_hash():
    asking = {
        path
        for path, _view in patterns(get_resolver())
        if any(word in path.lower().replace("(?p<", "<") for word in ("<" + h for h in HASHES))
        or any(f"{h}>" in path.lower() for h in HASHES)
    }

    # It only shows a batch that is there.
    assert asking == {"^network/(?P<root>[0-9a-f]{64})$"}


def test_no_command_but_the_one_that_names_a_batch_asks_for_a_hash():
    ours = {name: app for name, app in get_commands().items() if app in PACKAGES}
    asking = set()
    for name, app in ours.items():
        parser = load_command_class(str(app), name).create_parser("manage.py", name)
        words = {action.dest for action in parser._actions}
        asking |= {(name, word) for word in words if any(h in word for h in HASHES)}

    # It only looks for a batch that is there.
    assert asking == {("retry_batch", "root")}


def test_no_task_and_no_verb_but_commit_takes_leaves():
    from config.celery import app

    taking = {
        name
        for name in services.__all__
        if callable(verb := getattr(services, name))
        and not inspect.isclass(verb)
        and "leaves" in inspect.signature(verb).parameters
    }
    app.loader.import_default_modules()
    tasks = {
        name: set(inspect.signature(task.run).parameters)
        for name, task in app.tasks.items()
        if name.partition(".")[0] in PACKAGES
    }

    assert taking == {"commit"}
    assert tasks
    assert set().union(*tasks.values()) <= {"chain"}
