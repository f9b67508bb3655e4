"""Every part of a compiled shape that could be wrong, made wrong."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from credentials.core import lines, picking, sealing


def spoilt(plan: sealing.Plan) -> dict[str, sealing.Plan]:
    """Return one plan for each part of it that could be wrong."""
    texts, slots = plan.texts, len(plan.texts.is_address)

    def with_texts(**changes: Any) -> sealing.Plan:
        return dataclasses.replace(plan, texts=dataclasses.replace(texts, **changes))

    def with_text(name: str, change: Callable[[bytes], bytes]) -> sealing.Plan:
        found: lines.Lines = getattr(texts, name)
        return with_texts(**{name: _with_form(found, text=change(found.form.text))})

    def exchanged(name: str, one: int, other: int) -> sealing.Plan:
        found: lines.Lines = getattr(texts, name)
        take = found.form.take

        def wrongly(values: Sequence[Any]) -> tuple[Any, ...]:
            listed = list(values)
            listed[one], listed[other] = listed[other], listed[one]
            return take(tuple(listed))

        return with_texts(**{name: _with_form(found, take=wrongly)})

    [node, *_rest] = [node for node in texts.nodes if node.known is None]
    wrong = dataclasses.replace(node, known=b"\xff" * 32)
    text = node.seen.form.text.replace(b"#", b"/", 1)
    altered = dataclasses.replace(node, seen=_with_form(node.seen, text=text))
    return {
        "a line is lost": with_text("document", _without_a_line),
        "a line is lost once there is a proof": with_text("secured", _without_a_line),
        "a line is altered": with_text(
            "document", lambda text: text.replace(b"vocab", b"vokab", 1)
        ),
        "a line stands elsewhere": with_texts(
            document=dataclasses.replace(
                _with_form(texts.document, text=_turned(texts.document.form.text)), is_sorted=True
            )
        ),
        "a line stands elsewhere once there is a proof": with_texts(
            secured=dataclasses.replace(
                _with_form(texts.secured, text=_turned(texts.secured.form.text)), is_sorted=True
            )
        ),
        "a value goes elsewhere": exchanged("document", 0, 1),
        "a value goes elsewhere once there is a proof": exchanged("secured", 0, 1),
        "a label goes elsewhere": exchanged("secured", slots, slots + 1),
        "labels are issued in another order": with_texts(
            nodes=tuple(wrong if each is node else each for each in texts.nodes)
        ),
        "a node is hashed by other lines": with_texts(
            nodes=tuple(altered if each is node else each for each in texts.nodes)
        ),
        "the proof says another thing": with_text(
            "secured", lambda text: text.replace(b"#assertionMethod", b"#authentication")
        ),
        "the JSON says something else": dataclasses.replace(
            plan,
            json=dataclasses.replace(plan.json, text=plan.json.text.replace("é".encode(), b"e", 1)),
        ),
        "the JSON has another value": dataclasses.replace(
            plan, json=dataclasses.replace(plan.json, take=_first_is_last(plan.json.take))
        ),
    }


def _with_form(found: lines.Lines, **changes: Any) -> lines.Lines:
    return dataclasses.replace(found, form=dataclasses.replace(found.form, **changes))


def _without_a_line(text: bytes) -> bytes:
    """Lose a line that takes no value, and no mark between blocks with it."""
    first = next(line for line in text.split(b"\n") if line and not set(line) & {0, 1, ord("%")})
    return text.replace(first + b"\n", b"", 1)


def _turned(text: bytes) -> bytes:
    """Return the lines in the opposite order, without the marks between blocks."""
    return b"\n".join(reversed(text.replace(b"\x00", b"").replace(b"\x01", b"").split(b"\n")))


def _first_is_last(take: picking.Picker) -> picking.Picker:
    def wrongly(values: Sequence[Any]) -> tuple[Any, ...]:
        return take((values[-1], *values[1:]))

    return wrongly


KINDS = (
    "a line is lost",
    "a line is lost once there is a proof",
    "a line is altered",
    "a line stands elsewhere",
    "a line stands elsewhere once there is a proof",
    "a value goes elsewhere",
    "a value goes elsewhere once there is a proof",
    "a label goes elsewhere",
    "labels are issued in another order",
    "a node is hashed by other lines",
    "the proof says another thing",
    "the JSON says something else",
    "the JSON has another value",
)
# These issue other labels than the long way, or the same, as the hashes fall.
BY_CHANCE = ("labels are issued in another order", "a node is hashed by other lines")
