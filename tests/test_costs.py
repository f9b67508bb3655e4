"""docs/anchoring.md says what a credential costs: the table follows from the measured gas."""

import re
from decimal import Decimal
from pathlib import Path

from tests.flows.test_registry_contract import ANCHOR_GAS

PAGE = (Path(__file__).parent.parent / "docs" / "anchoring.md").read_text()
COIN = 3_000
THOUSAND = 1_000


def table() -> tuple[list[Decimal], dict[int, list[Decimal]]]:
    """Return the prices of gas (gwei) and, by the size of the batch, the numbers of its row."""
    rows = re.search(r"\| credentials in the batch.*?\n\n", PAGE, re.DOTALL)
    assert rows is not None
    heading, _rule, *body = rows[0].strip().splitlines()
    prices = [Decimal(price) for price in re.findall(r"at ([\d.]+) gwei", heading)]
    numbers = {}
    for line in body:
        size, *cells = [cell.strip().replace(",", "") for cell in line.strip("|").split("|")]
        numbers[int(size)] = [Decimal(cell) for cell in cells]
    return prices, numbers


def measured_gas() -> int:
    [found] = {int(gas.replace(",", "")) for gas in re.findall(r"an anchor ([\d,]+)", PAGE)}
    return found


def test_the_gas_is_what_the_contract_may_take():
    assert measured_gas() <= ANCHOR_GAS


def test_every_number_follows_from_the_gas():
    prices, rows = table()

    assert list(rows) == [1, 100, 10_000, 65_536]
    for size, (gas, *costs) in rows.items():
        each = Decimal(measured_gas()) / size
        assert abs(gas - each) <= each / 200
        for price, cost in zip(prices, costs, strict=True):
            expected = each * price / 10**9 * COIN * THOUSAND
            assert abs(cost - expected) <= expected / 100
