"""What may have changed, asked by threads together."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import Error

from credentials.selectors import facts
from learners import models as learners
from tests import factories

PATIENCE = 10


def ask(asking, token):
    return asking.facts(token=token)


class Slow:
    """Answers when it is let, and notes what it was asked."""

    def __init__(self):
        self.asked, self.begun, self.let = [], Event(), Event()

    def __call__(self, tokens):
        self.asked.append(set(tokens))
        self.begun.set()
        assert self.let.wait(PATIENCE)
        if "broken" in tokens:
            raise Error("gone")
        return dict.fromkeys(tokens, str(len(self.asked)))


def _joined(asking, count):
    """Wait until so many ask together."""
    while asking._joined is None or len(asking._joined.tokens) < count:
        pass


def test_who_comes_while_one_is_asked_asks_together_with_the_others():
    slow = Slow()
    asking = facts.Asking(slow)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask, asking, "a")
        assert slow.begun.wait(PATIENCE)
        others = [threads.submit(ask, asking, token) for token in ("a", "b", "c")]
        _joined(asking, 3)

        slow.let.set()

        # Nobody joins a question that was put already: the answer could be older than who asks.
        assert first.result(PATIENCE) == "1"
        assert [other.result(PATIENCE) for other in others] == ["2", "2", "2"]
    assert slow.asked == [{"a"}, {"a", "b", "c"}]


def test_who_asked_together_is_told_that_nothing_was_answered():
    slow = Slow()
    asking = facts.Asking(slow)
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(ask, asking, "a")
        assert slow.begun.wait(PATIENCE)
        others = [threads.submit(ask, asking, token) for token in ("b", "broken")]
        _joined(asking, 2)

        slow.let.set()

        assert first.result(PATIENCE) == "1"
        for other in others:
            with pytest.raises(Error):
                other.result(PATIENCE)
        assert ask(asking, "d") == "3"


def test_nobody_waits_for_who_asks_on_a_dead_connection():
    slow = Slow()

    def put(tokens):
        return slow(tokens) if "dead" in tokens else dict.fromkeys(tokens, "answered")

    asking = facts.Asking(put, patience=0.05)
    with ThreadPoolExecutor(2) as threads:
        dead = threads.submit(ask, asking, "dead")
        assert slow.begun.wait(PATIENCE)

        assert ask(asking, "a") == "answered"
        # The next one does not even wait that long.
        asking._patience = PATIENCE**6
        assert threads.submit(ask, asking, "b").result(PATIENCE) == "answered"

        slow.let.set()
        assert dead.result(PATIENCE) == "1"
    assert ask(asking, "c") == "answered"


def test_who_joined_a_question_that_is_not_answered_is_told_in_time():
    asking = facts.Asking(Slow(), patience=0.01)
    asking._joined = facts._Group()

    with pytest.raises(Error):
        ask(asking, "a")


@pytest.mark.django_db
def test_a_fingerprint_changes_with_what_decides_and_names_nobody(ecole_a):
    credential, other = factories.signed(issuer=ecole_a), factories.signed(issuer=ecole_a)
    asked = [credential.token, other.token, "x" * 22]

    before = facts.ask(asked)
    learners.LearnerKey.objects.of(ecole_a).filter(learner=credential.learner).delete()
    after = facts.ask(asked)

    assert len(before[credential.token]) == 64
    assert before[asked[2]] is None
    assert before[credential.token] != after[credential.token]
    assert (before[other.token], before[asked[2]]) == (after[other.token], after[asked[2]])
