"""What all tests of services share."""

from tests.canonical_texts import texts_worked_out_once  # noqa: F401 - a fixture
