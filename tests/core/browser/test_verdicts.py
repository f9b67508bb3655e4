"""The script comes to the outcomes that our own walk comes to, whatever is wrong."""

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blockchain.core import anchor
from credentials.core import canonical, proof, status_list, verification
from credentials.core.report import Material, Unavailable
from issuers.core import did, keys
from tests.core.browser import script
from tests.core.credentials import verifiable
from tests.core.credentials.verifiable import DID, LIST, METHOD, NOW, SEED

pytestmark = script.needed
THIEF = bytes(range(32, 64))
THIEFS_KEY = keys.encode_multikey(keys.public_key(THIEF))
CHECKS = ("conforms", "signed", "issuer", "stands", "in_time", "anchored")
# Of a document without a canonical form we say that it fails; the script says that it cannot tell.
UNREADABLE = {"not_signable", "no_validity"}


def resigned(document: dict[str, Any], seed: bytes, method: str, **options: Any) -> dict[str, Any]:
    bare = {name: value for name, value in document.items() if name != "proof"}
    at = NOW + options.get("later", timedelta(0))
    return proof.sign(bare, key=keys.load(seed), verification_method=method, created=at)


def listing(**said: Any) -> dict[str, Any]:
    bits = status_list.set_bit(status_list.empty(), 94567, said.pop("is_set", False))
    made = status_list.list_credential(
        url=LIST,
        issuer=said.pop("issuer", DID),
        purpose=said.pop("purpose", "revocation"),
        bits=bits,
        valid_from=NOW - timedelta(hours=1),
        valid_until=NOW + said.pop("lasts", timedelta(hours=1)),
    )
    return resigned(made, said.pop("seed", SEED), said.pop("method", METHOD))


def documents() -> list[dict[str, Any]]:
    good = verifiable.good()
    subject = copy.deepcopy(good["credentialSubject"])
    subject["achievement"]["name"] = "Pilotage d'avions"
    return [
        good,
        {**good, "credentialSubject": subject},
        {**good, "validUntil": "2099-01-01T00:00:00Z"},
        {**good, "proof": {**good["proof"], "created": "2020-01-01T00:00:00Z"}},
        {**good, "proof": {**good["proof"], "proofPurpose": "authentication"}},
        {**good, "proof": {**good["proof"], "proofValue": "z" + "2" * 86}},
        {**good, "proof": [good["proof"], good["proof"]]},
        {**good, "proof": {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-jcs-2019"}},
        {name: value for name, value in good.items() if name != "proof"},
        {**good, "name": None},
        {**good, "unheardOf": "x"},
        {**good, "credentialStatus": {**good["credentialStatus"], "statusListIndex": "999999"}},
        resigned(good, THIEF, METHOD),
        resigned(good, THIEF, f"{DID}#{THIEFS_KEY}"),
        resigned(good, THIEF, f"did:web:thief.example#{THIEFS_KEY}"),
        resigned(good, SEED, METHOD),
        resigned(good, SEED, METHOD, later=timedelta(days=2)),
        resigned({**good, "validUntil": "2026-01-02T00:00:00Z"}, SEED, METHOD),
        resigned({**good, "validFrom": "2027-01-02T00:00:00Z"}, SEED, METHOD),
        resigned({k: v for k, v in good.items() if k != "credentialStatus"}, SEED, METHOD),
        resigned(
            {**good, "credentialStatus": {**good["credentialStatus"], "statusPurpose": "message"}},
            SEED,
            METHOD,
        ),
    ]


def did_documents() -> list[Any]:
    def listing_key(**ends: Any) -> dict[str, Any]:
        key = did.IssuerKey(verifiable.MULTIKEY, NOW - timedelta(days=30), **ends)
        return did.did_document(DID, [key], [f"{verifiable.CHAIN}:{verifiable.SUBMITTER}"])

    known = verifiable.did_document()
    upper = {**known["service"][0], "serviceEndpoint": known["service"][0]["serviceEndpoint"][0]}
    return [
        known,
        Unavailable("DID document", "silence"),
        listing_key(expires=NOW),
        listing_key(expires=NOW - timedelta(days=2)),
        listing_key(revoked=NOW - timedelta(days=2)),
        listing_key(revoked=NOW + timedelta(hours=1)),
        listing_key(revoked=NOW - timedelta(hours=1)),
        {**known, "id": "did:web:thief.example"},
        {**known, "assertionMethod": []},
        {**known, "assertionMethod": ["#" + verifiable.MULTIKEY]},
        {**known, "service": [upper]},
        {**known, "service": []},
        {**known, "service": [{**upper, "serviceEndpoint": "nobody"}]},
        {**known, "service": [{**upper, "id": f"{DID}#other"}]},
        {**known, "service": [upper, upper]},
        {**known, "verificationMethod": known["verificationMethod"] * 2},
    ]


def receipts() -> list[Any]:
    receipt, _finding = verifiable.anchored()
    inclusion = receipt.inclusion
    return [
        receipt,
        None,
        replace(receipt, salt=b"\3" * 32),
        replace(receipt, root=b"\3" * 32),
        replace(receipt, inclusion=replace(inclusion, path=(b"\3" * 32,))),
        replace(receipt, inclusion=replace(inclusion, path=inclusion.path * 2)),
        replace(receipt, inclusion=replace(inclusion, leaf_index=0)),
        replace(receipt, inclusion=replace(inclusion, tree_size=5)),
        replace(receipt, contract="0x" + "00" * 20),
        replace(receipt, submitter="0x" + "b2" * 20),
        replace(receipt, transaction="0x" + "00" * 32),
        replace(receipt, block_hash="0x" + "00" * 32),
        replace(receipt, block_time=NOW - timedelta(days=9)),
        replace(receipt, block_hash="0x" + "00" * 32, state="confirmed"),
        replace(receipt, chain="eip155:1"),
    ]


def findings() -> list[Any]:
    _receipt, found = verifiable.anchored()
    sent = found.transaction
    assert sent is not None
    return [
        found,
        Unavailable("chain", "silence"),
        replace(found, anchored_at=None),
        replace(found, anchored_at=NOW - timedelta(hours=1)),
        replace(found, transaction=None),
        replace(found, transaction=replace(sent, data=b"\0" * 32)),
        replace(found, transaction=replace(sent, sender="0x" + "00" * 20)),
        replace(found, transaction=replace(sent, recipient="0x" + "00" * 20)),
        replace(found, transaction=replace(sent, block_hash=None)),
        replace(found, block_hash="0x" + "00" * 32),
        replace(found, block_time=NOW - timedelta(hours=1)),
        replace(found, finalized=False),
        replace(found, finalized=False, confirmations=0),
    ]


def lists() -> list[Any]:
    good = canonical.loads(verifiable.list_text())
    return [
        good,
        Unavailable("status list", "silence"),
        listing(is_set=True),
        listing(purpose="suspension", is_set=True),
        listing(issuer="did:web:thief.example"),
        listing(lasts=-timedelta(minutes=1)),
        listing(seed=THIEF, is_set=True),
        listing(seed=THIEF, method=f"{DID}#{THIEFS_KEY}", is_set=True),
        {**good, "credentialSubject": {**good["credentialSubject"], "encodedList": "uAAAA"}},
        resigned(
            {**good, "credentialSubject": {**good["credentialSubject"], "encodedList": "uAAAA"}},
            SEED,
            METHOD,
        ),
    ]


CHOICES = {
    "document": documents(), "did": did_documents(), "receipt": receipts(), "finding": findings(),
    "list": lists(),
    "now": [NOW, NOW + timedelta(days=400), NOW - timedelta(days=3), NOW + timedelta(minutes=90)],
}  # fmt: skip


def drawn() -> list[dict[str, Any]]:
    """Return everything good, every single thing wrong, and many wrong together."""
    good = dict.fromkeys(CHOICES, 0)
    found = [good]
    found += [{**good, name: place} for name, all_ in CHOICES.items() for place in range(len(all_))]
    one = st.fixed_dictionaries(
        {name: st.sampled_from([0, 0, *range(len(all_))]) for name, all_ in CHOICES.items()}
    )

    @settings(max_examples=settings().max_examples * 20, suppress_health_check=[*HealthCheck])
    @given(one)
    def collect(choice: dict[str, int]) -> None:
        found.append(choice)

    collect()
    return [{name: CHOICES[name][place] for name, place in each.items()} for each in found]


def material(choice: dict[str, Any]) -> Material:
    return verifiable.material(
        did_document=choice["did"],
        status_lists={LIST: choice["list"]},
        receipt=choice["receipt"],
        finding=choice["finding"],
        identity=(),
    )


def test_every_check_comes_to_what_ours_comes_to() -> None:
    choices = drawn()
    cases = [script.case(each["document"], material(each), each["now"]) for each in choices]

    answers = script.ask(cases)

    for choice, answer in zip(choices, answers, strict=True):
        ours = verification.verify(choice["document"], material(choice), choice["now"])
        theirs = {check["name"]: check for check in answer["is"]["checks"]}
        unreadable = any(check.reason in UNREADABLE for check in ours.checks)
        for check in ours.checks[: len(CHECKS)]:
            found = theirs[check.name]
            told = (found["outcome"], found["reason"])
            if check.reason in UNREADABLE:
                assert found["outcome"] == "inconclusive", (check, found)
            elif unreadable and found["reason"] == "anchor_needed":
                assert check.reason == "key_compromised"
            elif check.name != "conforms":
                assert told == (check.outcome.value, check.reason), (check, found)


def test_it_never_calls_verified_what_we_do_not() -> None:
    choices = drawn()
    cases = [script.case(each["document"], material(each), each["now"]) for each in choices]

    answers = script.ask(cases)

    verdicts = set()
    for choice, answer in zip(choices, answers, strict=True):
        ours = verification.verify(choice["document"], material(choice), choice["now"])
        verdicts.add(answer["is"]["verdict"])
        if answer["is"]["verdict"] == "verified":
            assert ours.verdict.value == "verified", choice
        if answer["is"]["verdict"] == "refuted":
            assert ours.verdict.value == "refuted", choice
    assert verdicts == {"verified", "refuted", "inconclusive"}


def test_a_receipt_that_is_not_of_its_form_is_not_read() -> None:
    good = anchor.to_json(verifiable.anchored()[0])
    bad: list[dict[str, Any]] = [
        {**good, "version": 2},
        {**good, "path": "x"},
        {**good, "salt": good["salt"].upper() + "x"},
        {**good, "treeSize": 0},
        {**good, "leafIndex": good["treeSize"]},
        {**good, "more": 1},
        {**good, "block": {**good["block"], "time": "2026-03-02T09:00:00+00:00"}},
        {name: value for name, value in good.items() if name != "root"},
    ]
    known = verifiable.material(identity=())
    cases = [script.case(verifiable.good(), known, NOW) for _ in bad]
    for case, receipt in zip(cases, bad, strict=True):
        case["material"]["receipt"] = canonical.dumps(receipt).decode()

    answers = script.ask(cases)

    assert [answer.get("refused") for answer in answers] == ["Unreadable"] * len(bad)
