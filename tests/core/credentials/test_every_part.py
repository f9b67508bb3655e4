"""Whatever the builders accept, with any of its optional parts, is signed, and then fixed."""

import copy
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from badges.core import award, document, evidence, extensions, parts, results, schema
from credentials.core import canonical, proof, rdf, status_list
from tests.core.badges import samples as badge_samples
from tests.core.credentials import others, samples

ADDRESS = "https://badges.example.org/achievements/1"
LIST = "https://badges.example.org/status/1"
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=20
).filter(lambda text: not text.isspace())
keys = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
urls = keys.map("https://folio.example/{}".format)

alignments: Any = st.fixed_dictionaries(
    {"target_name": texts, "target_url": urls},
    optional={"target_code": texts, "target_type": st.sampled_from(["CFItem", "ext:Bloc"])},
)
levels: Any = st.fixed_dictionaries(
    {"key": keys, "name": texts}, optional={"level": texts, "points": st.just("2.0")}
)
descriptions: Any = st.lists(
    st.fixed_dictionaries(
        {"key": keys, "name": texts, "result_type": st.sampled_from(["RawScore", "ext:Note"])},
        optional={
            "value_min": st.just("0"),
            "value_max": st.just("20"),
            "levels": st.lists(levels, min_size=1, max_size=3, unique_by=lambda each: each["key"]),
            "alignments": st.lists(alignments, min_size=1, max_size=2),
        },
    ),
    max_size=3,
    unique_by=lambda each: each["key"],
)
pieces: Any = st.one_of(
    st.fixed_dictionaries({"id": urls}, optional={"name": texts, "genre": texts}),
    st.fixed_dictionaries({"narrative": texts}, optional={"audience": texts}),
)
profiles: Any = st.fixed_dictionaries({"id": urls, "name": texts}, optional={"url": urls})
said: Any = st.fixed_dictionaries(
    {},
    optional={
        "evidence": st.lists(pieces, min_size=1, max_size=3, unique_by=repr),
        "credits_earned": st.integers(0, 300) | st.just(2.5),
        "activity_start": st.just("2026-01-05T08:00:00Z"),
        "activity_end": st.just("2026-02-05T08:00:00+01:00"),
        "awarded_at": st.just("2026-02-06T00:00:00Z"),
        "license_number": texts,
        "narrative": texts,
        "role": texts,
        "term": texts,
        "source": profiles,
    },
)


@st.composite
def credentials(draw: st.DrawFn) -> dict[str, Any]:
    """Write a credential with any of the parts that the builders know."""
    described = parts.result_descriptions(draw(descriptions), address=ADDRESS)
    reached = [
        {"result": each.id.rpartition("#")[2], "value": "12"}
        for each in described
        if draw(st.booleans())
    ]
    read = award.read({**draw(said), "results": reached}, address=ADDRESS, descriptions=described)
    creator = draw(st.none() | profiles)
    achievement = badge_samples.achievement(
        id=ADDRESS,
        alignments=parts.alignments(draw(st.lists(alignments, max_size=3))),
        creator=parts.profile(creator),
        identifiers=parts.identifiers(
            draw(st.lists(st.fixed_dictionaries({"type": st.just("ext:CPF"), "identifier": texts}),
                          max_size=2))
        ),
        credits_available=draw(st.none() | st.integers(0, 300)),
        result_descriptions=[results.result_description_document(each) for each in described],
    )  # fmt: skip
    purposes = draw(st.sampled_from([(), ("revocation",), ("revocation", "suspension")]))
    resources = [
        evidence.related_resource(url=each["id"], digest=bytes(48), media_type="application/pdf")
        for each in read.evidence[:1]
        if "id" in each
    ]
    written: dict[str, Any] = badge_samples.credential(
        issuer={**badge_samples.PROFILE, "id": samples.DID},
        achievement=document.achievement_document(achievement),
        status=[
            status_list.entry(url=f"{LIST}/{purpose}", index=7, purpose=purpose)  # type: ignore[arg-type]
            for purpose in purposes
        ],
        subject=read.subject,
        evidence=read.evidence,
        awarded_at=read.awarded_at,
        related_resources=resources,
        credential_schema=extensions.credential_schema() if len(purposes) == 1 else None,
        refresh_service=extensions.refresh_service(f"{ADDRESS}/refresh") if purposes else None,
        valid_until=draw(st.none() | st.just(badge_samples.NOW + timedelta(days=9))),
    )
    return written


@given(credentials())
def test_it_conforms_and_both_processors_read_it_alike(document):
    assert schema.problems(document, strict=True) == ()
    assert rdf.canonicalise(document) == others.by_pyld(document) == others.by_pyoxigraph(document)
    assert canonical.loads(canonical.dumps(document)) == document


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [place for name, item in value.items() for place in places(item, (*at, name))]
    if isinstance(value, list):
        return [place for index, item in enumerate(value) for place in places(item, (*at, index))]
    return [at] if isinstance(value, str) else []


@settings(max_examples=60)
@given(credentials(), st.data())
def test_what_is_signed_verifies_until_one_byte_is_another(document, data):
    secured = samples.signed(document)
    proof.verify(secured, public_key=samples.PUBLIC_KEY)
    text = canonical.dumps(secured)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + bytes([data.draw(st.integers(0x20, 0x7E))]) + text[at + 1 :]
    try:
        read = canonical.loads(changed)
    except canonical.MalformedDocument:
        return  # nothing that can be read at all
    assume(read != secured)

    with pytest.raises(proof.ProofError):
        proof.verify(read, public_key=samples.PUBLIC_KEY)


@settings(max_examples=40)
@given(credentials(), st.data())
def test_a_term_that_no_context_defines_is_refused_wherever_it_is(document, data):
    objects = [()] + [
        place[:-1] for place in places(document) if place[:-1] and "@context" not in place
    ]
    # The parts of a drawn document are shared with others: what is spoilt is a copy.
    document = copy.deepcopy(document)
    target: Any = document
    for step in data.draw(st.sampled_from(objects)):
        target = target[step]
    assume(isinstance(target, dict))
    target["terrible"] = "no context defines this word"

    with pytest.raises(proof.DocumentRefused):
        samples.signed(document)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*award.KNOWN, "key", "name", "id", "levels"]), inner,
                      max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(anything)
def test_no_json_breaks_the_reading_of_parts(value):
    for read in (
        lambda: award.read(value, address=ADDRESS, descriptions=()),
        lambda: parts.result_descriptions(value, address=ADDRESS),
        lambda: parts.profile(value),
        lambda: parts.identifiers(value),
        lambda: parts.alignments(value),
    ):
        with suppress(document.DocumentError):
            read()
