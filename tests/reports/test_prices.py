"""Money in the spend table and in JSON: every amount by hand, and what is unknown in words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.analysis.columns import ArmColumns
from harness.reports.json import run_json
from harness.reports.notes import WARNING
from harness.reports.prices import money, price_text
from harness.reports.table import spend_table
from harness.text.wording import NOTHING
from harness.values.price import Price, Tier
from harness.values.reply import Usage
from harness.values.run import RunInfo
from harness.values.score import Outcome

from .runs import arm_info, columns, record, run_info, usual_run

DATED = {"as_of": "2026-11-01", "source": "a list"}
USD = Price(input=1000.0, output=2000.0, **DATED)
EUR = Price(input=1000.0, output=2000.0, currency="EUR", **DATED)
MACHINE = Price(per_hour=3.6, **DATED)
COLUMNS = ("cost", "per 1,000 requests", "per correct answer")


def a_run(
    prices: dict[str, Price], **usages: Usage | None
) -> tuple[RunInfo, dict[str, ArmColumns]]:
    """One arm per usage, its model named after it: four replies of 2 s, three of them correct."""
    arms = {
        name: columns(
            record(case, Outcome.CORRECT if case else Outcome.WRONG, usage=usage, latency=2.0)
            for case in range(4)
        )
        for name, usage in usages.items()
    }
    infos = {name: arm_info(planned=4, model=f"model_{name}") for name in usages}
    return run_info(infos, 4, prices=prices), arms


def shown(run: tuple[RunInfo, dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The three cells of each arm."""
    table = spend_table(*run)
    heads = [column.name for column in table.columns]
    places = [heads.index(name) for name in COLUMNS]
    return {row[0]: tuple(row[place] for place in places) for row in table.rows}


def test_amounts_by_hand() -> None:
    """10 x 0.001 + 5 x 0.002 = 0.02 a reply; four of them, three correct."""
    run = a_run({"local/model_a": USD}, a=Usage(10, output=5))
    assert shown(run) == {"a": ("0.0800 USD", "20.00 USD", "0.0267 USD")}
    found = run_json(*run)["arms"]["a"]["cost"]
    assert found["total"] == pytest.approx(0.08)
    assert found["per_1k"] == pytest.approx(20)
    assert found["per_correct"] == pytest.approx(0.08 / 3)
    assert (found["currency"], found["estimated"]) == ("USD", False)
    assert found["price"]["source"] == "a list"


def test_long_requests_are_priced_one_by_one() -> None:
    """Four requests of 60 are no request of 240, which would cost ten times as much."""
    tier = Tier(above=100, input=10_000.0, output=0.0)
    price = Price(input=1000.0, output=0.0, tiers=(tier,), **DATED)
    assert shown(a_run({"local/model_a": price}, a=Usage(60)))["a"][0] == "0.240 USD"


def test_a_machine_by_the_hour() -> None:
    """8 s at 0.001 a second; its usage need not be known."""
    run = a_run({"local/model_a": MACHINE}, a=None)
    assert shown(run)["a"] == ("0.00800 USD", "2.00 USD", "0.00267 USD")
    assert not any("cost of a is unknown" in note for note in spend_table(*run).notes)


def test_an_unknown_price_is_said_and_never_zero() -> None:
    """The word, and a warning with the model and the place to write its price."""
    run = a_run({"local/model_a": USD}, a=Usage(10), b=Usage(10))
    assert shown(run)["b"] == ("unknown",) * 3
    said = "the cost of b is unknown: there is no price of model_b ([prices] in harness.toml)."
    assert WARNING + said in spend_table(*run).notes
    assert said in run_json(*run)["warnings"]
    assert run_json(*run)["arms"]["b"]["cost"] is None


def test_unknown_usage_makes_the_cost_unknown() -> None:
    """A price is known, what it is of is not."""
    run = a_run({"local/model_a": USD}, a=None)
    assert shown(run)["a"] == ("unknown",) * 3
    notes = spend_table(*run).notes
    assert f"{WARNING}the cost of a is unknown: 4 replies came without usage." in notes
    assert run_json(*run)["arms"]["a"]["cost"]["total"] is None


def test_guessed_tokens_are_marked() -> None:
    """~ stands before all three amounts."""
    cells = shown(a_run({"local/model_a": USD}, a=Usage(10, estimated=True)))["a"]
    assert [cell[0] for cell in cells] == ["~"] * 3


def test_two_currencies_are_neither_summed_nor_compared() -> None:
    """Each in its own, with a warning."""
    run = a_run({"local/model_a": USD, "local/model_b": EUR}, a=Usage(10), b=Usage(10))
    assert [cells[0][-3:] for cells in shown(run).values()] == ["USD", "EUR"]
    assert f"{WARNING}costs in EUR and USD are not comparable." in spend_table(*run).notes


def test_a_classical_arm_costs_nothing_that_could_be_unknown() -> None:
    """It asks no model: a dash, and no warning."""
    info, arms = usual_run()
    price = {"local/gemma-3-270m": MACHINE}
    run = (msgspec.structs.replace(info, prices=price), arms)
    assert shown(run)["classical"] == (NOTHING,) * 3
    assert not any(note.startswith(WARNING) for note in spend_table(*run).notes)


def test_without_any_price_there_is_no_money() -> None:
    """One sentence instead of three columns of 'unknown'."""
    table = spend_table(*usual_run())
    assert not set(COLUMNS) & {column.name for column in table.columns}
    assert table.notes[-1] == (
        "Cost is unknown: no model of this run has a price ([prices] in harness.toml)."
    )


def test_nothing_correct_has_no_cost_per_correct_answer() -> None:
    """A dash; the total is known."""
    info, _ = a_run({"local/model_a": USD}, a=Usage(10))
    run = (info, {"a": columns(record(case, Outcome.WRONG) for case in range(4))})
    assert shown(run)["a"][2] == NOTHING


def test_a_run_from_before_has_prices_by_model() -> None:
    """Its file says MODEL where a new one says ENDPOINT/MODEL."""
    run = a_run({"model_a": USD}, a=Usage(10, output=5))
    assert shown(run)["a"][0] == "0.0800 USD"


def test_one_name_at_two_endpoints_has_two_prices() -> None:
    """The price of one is not that of the other."""
    info, arms = a_run({"here/m": USD}, a=Usage(10), b=Usage(10))
    infos = {
        "a": arm_info(planned=4, endpoint="here", model="m"),
        "b": arm_info(planned=4, endpoint="there", model="m"),
    }
    run = (msgspec.structs.replace(info, arms=infos), arms)
    assert [cells[0] for cells in shown(run).values()] == ["0.0400 USD", "unknown"]


def test_a_price_in_words() -> None:
    """All of it, with day and source; a foreign text cannot break the line."""
    price = Price(
        input=0.4,
        cached=0.1,
        output=1.6,
        hosting=1.7,
        tiers=(Tier(above=272_000, input=0.8, output=3.2),),
        as_of="2026-11-09",
        source="a\nlist",
    )
    assert price_text(price) == (
        "0.4 in, 0.1 cached, 1.6 out USD per million tokens; above 272,000 input tokens 0.8 in, "
        "3.2 out; hosting at 1.7 USD per hour is not in the cost; as of 2026-11-09 (a list)"
    )
    assert price_text(MACHINE) == "3.6 USD per hour of answering; as of 2026-11-01 (a list)"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1234.5, "1,234.50 USD"),
        (1.0, "1.00 USD"),
        (0.0303, "0.0303 USD"),
        (0.00000808, "0.00000808 USD"),
        (0.0, "0.00 USD"),
        (-0.5, "-0.500 USD"),
    ],
)
def test_money(amount: float, text: str) -> None:
    """Small amounts keep three digits that count, without an exponent."""
    assert money(amount, "USD") == text
