"""How tests are spread over workers."""

from pathlib import Path

from tests import spreading

ROOT = Path(__file__).resolve().parent.parent


def test_what_it_names_is_there() -> None:
    groups = set(spreading.TOGETHER.values())
    named = {*spreading.TOGETHER, *spreading.LONGEST} - groups

    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
    assert groups <= set(spreading.LONGEST)


def test_the_longest_is_begun_first_and_then_the_file_of_most_tests() -> None:
    waiting = spreading.Waiting()
    waiting["tests/few.py"] = {"a": False}
    waiting[spreading.LONGEST[1]] = {"b": False}
    waiting["tests/many.py"] = {"c": False, "d": False}
    waiting[spreading.LONGEST[0]] = {"e": False}

    begun = [waiting.popitem(last=False)[0] for _each in range(4)]

    assert begun == [*spreading.LONGEST[:2], "tests/many.py", "tests/few.py"]
