"""The shipped contexts are the reviewed ones, and the only ones."""

import hashlib
import threading
from pathlib import Path

import pytest

from credentials.core import contexts, rdf
from tests.core.credentials import samples

FOLDER = Path(contexts.__file__).with_name("contexts")


@pytest.mark.parametrize("url", contexts.PINNED)
def test_every_file_has_the_hash_of_the_table(url):
    name, expected = contexts.PINNED[url]

    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected
    assert "@context" in contexts.load(url)


def test_every_file_is_in_the_table_and_in_the_readme():
    readme = (FOLDER / "README.md").read_text()

    assert {path.name for path in FOLDER.glob("*.json")} == {
        name for name, _ in contexts.PINNED.values()
    }
    for url, (name, expected) in contexts.PINNED.items():
        assert f"| `{name}` | `{url}` | `{expected[:8]}…" in readme


def test_the_base_context_is_the_one_the_recommendation_names():
    """Verifiable Credentials Data Model 2.0, appendix B.1."""
    _, digest = contexts.PINNED["https://www.w3.org/ns/credentials/v2"]

    assert digest == "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"


def test_every_sequence_is_made_of_shipped_contexts():
    for sequence in contexts.SEQUENCES:
        assert set(sequence) <= set(contexts.PINNED)


@pytest.mark.parametrize(
    "sequence", sorted(one for one in contexts.SEQUENCES if contexts.CREDENTIALS_V2 in one)
)
def test_every_sequence_of_vc_2_can_be_used(sequence):
    document = {
        "@context": list(sequence),
        "id": "https://badges.example/1",
        "type": ["VerifiableCredential"],
        "issuer": samples.DID,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "https://badges.example/learner"},
    }

    assert "credentials#issuer" in rdf.canonicalise(document)


@pytest.mark.parametrize(
    "sequence", sorted(one for one in contexts.SEQUENCES if contexts.CREDENTIALS_V1 in one)
)
def test_every_sequence_of_vc_1_can_be_used(sequence):
    document = samples.small()
    document["@context"] = list(sequence)
    document["issuanceDate"] = document.pop("validFrom")

    assert "credentials#issuanceDate" in rdf.canonicalise(document)


def test_another_context_is_unknown():
    with pytest.raises(contexts.UnknownContext):
        contexts.load("https://a.example/context")


@pytest.mark.parametrize("change", ["edited", "missing"])
def test_a_changed_file_stops_the_program(tmp_path, monkeypatch, change):
    for path in FOLDER.glob("*.json"):
        data = path.read_bytes()
        if path.name == "ob-3.0.3.json":
            if change == "missing":
                continue
            data = data.replace(b"vocab.html#Achievement", b"vocab.html#Achievemens", 1)
        (tmp_path / path.name).write_bytes(data)
    monkeypatch.setattr(contexts, "_FOLDER", tmp_path)
    contexts.pinned.cache_clear()
    try:
        with pytest.raises(contexts.CorruptedContext) as failure:
            contexts.load(contexts.CREDENTIALS_V2)
    finally:
        contexts.pinned.cache_clear()

    assert "ob-3.0.3.json" in str(failure.value)


def test_threads_do_not_disturb_one_another():
    """pyld's own caches are shared by all threads; ours are not."""
    expected = [rdf.canonicalise(samples.SMALL), rdf.canonicalise(samples.FULL)]
    wrong: list[object] = []

    def work() -> None:
        for _ in range(10):
            found = [rdf.canonicalise(samples.SMALL), rdf.canonicalise(samples.FULL)]
            if found != expected:
                wrong.append(found)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
