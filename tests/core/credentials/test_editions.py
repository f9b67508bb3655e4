"""One award in all its editions: whatever is awarded, each holds, and all say the same."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from badges.core import assertion, document, evidence, extensions, results, schema, schema2
from credentials.core import blockcerts, canonical, jose, proof, rdf
from issuers.core import jwk, profile
from learners.core import identity
from tests.core.badges.test_document import achievements, addresses, texts
from tests.core.badges.test_results import descriptions, numbers
from tests.core.credentials import others, samples
from tests.core.credentials.test_blockcerts import METHOD, anchored

KEY = jwk.load_p256(b"\x33" * 32)
ISSUER = profile.profile(
    id=samples.DID, name="École A", url="https://ecole-a.example/", email="a@ecole-a.example"
)
BADGE = "https://badges.example/ob2/badge"

learners = st.builds(
    identity.identity_object,
    identity_type=st.just("emailAddress"),
    value=st.sampled_from(["awa@example.org", "Zoé.Martin@Example.org"]),
    salt=st.text("0123456789abcdef", min_size=16, max_size=16),
)
pieces = st.builds(
    evidence.Evidence,
    id=addresses,
    name=st.none() | texts,
    narrative=st.none() | texts,
    genre=st.none() | texts,
)


@st.composite
def awards(draw):
    """Any credential that the builder accepts, with results that fit what it describes."""
    described = draw(st.lists(descriptions, max_size=2, unique_by=lambda each: each.id))
    reached = [
        results.Result(result_description=each.id, value=str(draw(numbers))) for each in described
    ]
    achievement = draw(achievements)
    start = samples.CREATED - timedelta(days=draw(st.integers(1, 400)))
    return document.open_badge_credential(
        id="https://badges.example/credentials/AAAAAAAAAAAAAAAAAAAAAA",
        issuer=ISSUER,
        achievement={
            **document.achievement_document(achievement),
            **(
                {
                    "resultDescription": [
                        results.result_description_document(each) for each in described
                    ]
                }
                if described
                else {}
            ),
        },
        identifiers=[draw(learners)],
        name=draw(texts),
        valid_from=samples.CREATED,
        valid_until=draw(st.none() | st.just(samples.CREATED + timedelta(days=900))),
        subject=document.Subject(
            results=results.result_documents(reached, described),
            activity_start=draw(st.none() | st.just(start)),
            credits_earned=draw(st.none() | st.integers(0, 60)),
            narrative=draw(st.none() | texts),
        ),
        evidence=[evidence.evidence_document(each) for each in draw(st.lists(pieces, max_size=2))],
        credential_schema=draw(st.none() | st.just(extensions.credential_schema())),
        refresh_service=draw(
            st.none() | st.just(extensions.refresh_service("https://badges.example/refresh"))
        ),
    )


@given(awards())
def test_whatever_is_awarded_conforms_and_canonicalises_alike_everywhere(award):
    text = rdf.canonicalise(award)

    assert schema.problems(award, strict=True) == ()
    assert text == others.by_pyld(award)
    assert text == others.by_pyoxigraph(award)


@given(awards())
def test_every_edition_holds_and_says_the_same(award):
    signed = samples.signed(award)

    proof.verify(signed, public_key=samples.PUBLIC_KEY)
    token = jose.read(jose.sign_credential(signed, key=KEY))
    assert jose.verify_credential(token, key=KEY.public_key()) == signed
    exported = blockcerts.export(signed, anchored(signed), verification_method=METHOD)
    assert blockcerts.read(exported).target == rdf.digest(signed)
    hosted = assertion.hosted(signed, id="https://badges.example/ob2/1", badge=BADGE)
    assert schema2.problems(hosted, strict=True) == ()
    [learner] = signed["credentialSubject"]["identifier"]
    assert hosted["recipient"]["identity"] == learner["identityHash"]
    assert hosted["recipient"]["salt"] == learner["salt"]
    assert hosted["issuedOn"] == signed["validFrom"]


@given(awards(), st.data())
def test_a_changed_byte_is_noticed_wherever_it_is(award, data):
    written = bytearray(canonical.dumps(samples.signed(award)))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 127))

    try:
        changed = canonical.loads(bytes(written))
        proof.verify(changed, public_key=samples.PUBLIC_KEY)
    except (canonical.MalformedDocument, proof.ProofError):
        return
    raise AssertionError(f"byte {place} does not count: {written[place - 20 : place + 20]!r}")
