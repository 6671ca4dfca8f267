"""What people read of a choice: the arm in a sentence, the table, the reasons, JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from harness.analysis.selection import Chosen, Offer, choose
from harness.reports.markdown import table_markdown
from harness.reports.select import select_heading, select_json, select_table
from harness.values.baseline import Selection, Tried
from tests.approved import measured
from tests.offers import a_price, an_offer, right

GROUPS = [number // 15 for number in range(120)]
LEAK = "Warning: leaks into few_shot flatter the choice."


def selection_of(chosen: Chosen) -> Selection:
    tried = Tried(mean=0.5, standard_error=0.1, within=True, measured=measured())
    return Selection(
        arm=chosen.arm,
        split="validation",
        date="2026-11-28",
        rule="a rule",
        cheapest_by=chosen.cheapest_by,
        arms=dict.fromkeys(chosen.rated, tried),
    )


def table_of(offers: list[Offer], *notes: str):
    chosen = choose(offers)
    return select_table(selection_of(chosen), chosen, notes)


def rows_of(offers: list[Offer]) -> dict[str, dict[str, str]]:
    table = table_of(offers)
    heads = [column.name for column in table.columns]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in table.rows}


def by_tokens() -> list[Offer]:
    """Five arms as a small local model might have them, in 8 groups; one broke off."""
    mixed = np.tile(right(10, 15), 8)
    return [
        an_offer("zero_shot", np.tile(right(3, 15), 8), tokens=95, groups=GROUPS),
        an_offer("few_shot", mixed, tokens=613.5, groups=GROUPS, kind="few_shot"),
        an_offer("fine_tuned", [*mixed[:105], *right(13, 15)], tokens=62.9, groups=GROUPS),
        an_offer("classical", mixed, tokens=None, groups=GROUPS, kind="classical"),
        an_offer("broken", right(3, 3), gap="ended early"),
    ]


def by_cost() -> list[Offer]:
    """Graded scores and prices; tokens of one arm are unknown."""
    values = [(1.0, 0.75, 0.5, 1.0, 0.25)[number % 5] for number in range(40)]
    return [
        an_offer("large", values, tokens=1500, price=a_price(10), graded=True),
        an_offer(
            "small", [v - 0.01 for v in values], tokens=1500, price=a_price(0.002), graded=True
        ),
        an_offer("silent", [v / 4 for v in values], tokens=None, graded=True),
    ]


def perfect() -> list[Offer]:
    """All right everywhere; errors took too much of one arm."""
    return [
        an_offer("plain", right(60, 60), tokens=30),
        an_offer("other", right(60, 60), tokens=None),
        an_offer("lossy", right(57, 60), lost=[57, 58, 59]),
    ]


@pytest.mark.parametrize("offers", [by_tokens, by_cost, perfect])
def test_the_table_of_a_choice(offers, snapshot):
    """What people read: every arm with its mean, error and cost, and why one was chosen."""
    table = table_of(offers(), "Not tried: late (nothing is recorded).", LEAK)
    assert f"{table.title}\n\n{table_markdown(table)}" == snapshot


def test_the_chosen_is_marked_by_a_word():
    """Nobody needs to see a colour or a sign."""
    rows = rows_of(by_tokens())
    assert [name for name, row in rows.items() if row["choice"] == "chosen"] == ["classical"]
    assert rows["fine_tuned"]["within one error"] == "the best"
    assert rows["few_shot"]["within one error"] == "yes"
    assert rows["zero_shot"]["within one error"] == "no"


def test_an_arm_that_cannot_be_chosen_has_the_reason_for_numbers():
    """3 of 3 of an arm that broke off are not 100 %."""
    row = rows_of(by_tokens())["broken"]
    assert (row["accuracy"], row["choice"]) == ("ended early", "cannot be chosen")
    assert not any("%" in cell for cell in row.values())


def test_warnings_come_first():
    """Whoever makes them."""
    notes = table_of(by_tokens(), "a note", LEAK).notes
    warnings = [note.startswith("Warning: ") for note in notes]
    assert warnings == sorted(warnings, reverse=True)
    assert sum(warnings) == 3
    assert "8 groups are few" in notes[1]


def test_money_has_a_column_where_one_currency_is_known():
    """Two currencies stand in no column; small amounts keep two digits."""
    rows = rows_of(by_cost())
    assert [row["USD per 1,000"] for row in rows.values()] == ["15.00", "0.003", "unknown"]
    euro = an_offer("euro", right(1, 2), price=a_price(1, "EUR"))
    dollar = an_offer("dollar", right(1, 2), price=a_price(1))
    assert not any("per 1,000" in column.name for column in table_of([euro, dollar]).columns)


def test_a_lone_contender_needs_no_cheaper_one():
    """The best alone is within its own error."""
    notes = table_of([an_offer("a", right(90, 100)), an_offer("b", right(50, 100))]).notes
    assert any(note.startswith("No other arm comes so close") for note in notes)


def test_the_heading_says_which_and_among_how_many():
    """Arms that could not be chosen do not count."""
    chosen = choose(by_tokens())
    assert select_heading(selection_of(chosen), "Stars", "review_stars") == (
        "CHOSEN: classical, among 4 arms\nStars (review_stars, validation)"
    )


@pytest.mark.parametrize("offers", [by_tokens, by_cost, perfect])
def test_json_is_json_with_one_shape_for_all_arms(offers):
    """In full precision; what is unknown is null, also the numbers of a barred arm."""
    chosen = choose(offers())
    report = select_json(selection_of(chosen), chosen, ["a note"], written=True)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert len({tuple(arm) for arm in report["arms"].values()}) == 1
    assert [name for name, arm in report["arms"].items() if arm["chosen"]] == [report["arm"]]
    barred = [arm for arm in report["arms"].values() if arm["state"] != "complete"]
    assert all(arm["mean"] is None and not arm["within"] for arm in barred)
    assert report["notes"][-1] == "a note"


def test_json_has_the_numbers_that_decided():
    """Best, bar, currency and what each arm costs."""
    chosen = choose(by_cost())
    report = select_json(selection_of(chosen), chosen, [], written=False)
    assert (report["arm"], report["best"], report["cheapest_by"]) == ("small", "large", "cost")
    assert report["bar"] == chosen.bar
    assert report["currency"] == "USD"
    assert report["arms"]["large"]["cost_per_1k"] == pytest.approx(15)
    assert report["arms"]["silent"]["tokens"] is None
    assert report["written"] is False


def test_a_classical_arm_costs_nothing_and_has_no_price():
    """Null money, no tokens."""
    chosen = choose(by_tokens())
    arm = select_json(selection_of(chosen), chosen, [], written=True)["arms"]["classical"]
    assert (arm["tokens"], arm["cost_per_1k"]) == (0, None)


def test_unknown_tokens_are_said():
    """Of a contender they count as the most."""
    silent = an_offer("silent", right(9, 10), tokens=None)
    heard = replace(silent, side=replace(silent.side, name="heard"))
    notes = table_of([silent, heard, an_offer("c", right(9, 10))]).notes
    assert any("Unknown tokens (silent and heard) count as the most." in note for note in notes)
