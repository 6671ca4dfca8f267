"""Tables, sentences, JSON and the picture of what arms cost: each number where it belongs."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import msgspec
import pytest
from rich.console import Console

from harness.analysis.cost.arm import Ending, Spending
from harness.analysis.cost.costed import Costed, costed
from harness.analysis.cost.pay_back import PayBack
from harness.analysis.cost.quotient import NEVER, Quotient
from harness.analysis.cost.terms import Terms
from harness.analysis.resample import Range
from harness.reports.cost import words
from harness.reports.cost.figure import cost_figure
from harness.reports.cost.json import cost_json
from harness.reports.cost.scenarios import scenario_table
from harness.reports.cost.sentence import pay_back_sentence
from harness.reports.cost.tables import cost_heading, cost_table, cost_tables
from harness.reports.table import Table
from harness.reports.terminal import print_tables
from harness.text.wording import NOTHING
from harness.values.price import Price
from tests.analysis.cost.arms import (
    ABOUT,
    DATED,
    MINI_41,
    MINI_41_AZURE,
    MINI_41_TUNED,
    TODAY,
    costing,
    money,
    priced,
    tuned,
    worked,
)

UNKNOWN = "no price of m is known; declare it"


def cells(table: Table, row: str) -> dict[str, str]:
    """A row by headings; of two headings that are the same the later one gets a star."""
    found = next(cells for cells in table.rows if cells[0] == row)
    names: list[str] = []
    for column in table.columns:
        names.append(column.name + "*" * names.count(column.name))
    return dict(zip(names, found, strict=True))


def warnings(table: Table) -> list[str]:
    return [note for note in table.notes if note.startswith("Warning: ")]


def shown(found: Costed) -> str:
    out = StringIO()
    print_tables(Console(file=out, width=110), cost_heading(found), cost_tables(found))
    return out.getvalue()


# ------------------------------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.00"),
        (1234.5, "1,234.50"),
        (0.0303, "0.0303"),
        (0.00123, "0.0012"),
        (4e-7, "0.00000040"),
    ],
)
def test_amounts_keep_two_digits(value, text):
    """However small; never 0 of what is not, and no exponent."""
    assert words.amount(value) == text


@pytest.mark.parametrize(
    ("found", "text", "span"),
    [
        (Quotient(72162.16, 60000.0, 90000.0), "72,162", f"60,000{NOTHING}90,000"),
        (Quotient(22_173_913.0), "22.2 million", NOTHING),
        (Quotient(5000.0, 4000.0, None), "≥ 4,000", NOTHING),
        (Quotient(None, 4000.0, None), "≥ 4,000", NOTHING),
        (Quotient(0.0, 0.0, None), "cannot tell", NOTHING),
        (NEVER, "never", NOTHING),
    ],
)
def test_requests_are_a_number_at_least_one_or_never(found, text, span):
    """An interval without an end is never a plain number."""
    assert words.reached(found, words.requests) == text
    assert words.reached_span(found, words.requests) == span


def test_spans_have_equal_decimals():
    """Those of the larger end; differences have signs."""
    assert words.amount_span(Range(0.9, 1.04)) == f"0.90{NOTHING}1.04"
    assert words.signed_span(Range(-0.5, 2.0)) == "[-0.50, +2.00]"
    assert words.signed_span(None) == NOTHING


@pytest.mark.parametrize(("value", "text"), [(0.01, "<0.1"), (3.21, "3.2"), (1234.0, "1,234")])
def test_months(value, text):
    """In tenths, as long as those matter."""
    assert words.months(value) == text


# ------------------------------------------------------------------------------------------ tables


def test_what_a_request_costs():
    """Per 1,000 requests and correct answers; an arm without a model has dashes."""
    classical = priced("bag", [[0, 0, 0, 0]] * 40, None, kind="classical")
    table = cost_table(money(costing("plain", [0.001, 0.003] * 20, [1, 0] * 20), classical))
    row = cells(table, "plain")
    assert row["USD per 1,000 requests"] == "2.00"
    assert row["95% interval"] == f"1.68{NOTHING}2.32"
    assert row["correct"] == "50.0%"
    assert row["USD per 1,000 correct"] == "4.00"
    assert set(cells(table, "bag").values()) == {"bag", NOTHING, "100.0%"}
    assert any("bag asks no model" in note for note in table.notes)
    assert any("m (a list, as of 2026-11-21)" in note for note in table.notes)


def test_unknown_is_a_word_and_a_warning():
    """With the next step; nothing is said of when tuning pays back then."""
    lost = priced("plain", [[1, 0, 0, 1]] * 2, None, unknown=UNKNOWN)
    found = money(lost)
    assert cells(cost_table(found), "plain")["money per 1,000 requests"] == "unknown"
    assert warnings(cost_table(found)) == [f"Warning: the cost of plain is unknown: {UNKNOWN}."]
    assert len([*cost_tables(found)]) == 1


def test_never_correct_is_never():
    """No amount buys a correct answer."""
    row = cells(cost_table(money(costing("plain", [1, 2, 3], [0, 0, 0]))), "plain")
    assert (row["USD per 1,000 correct"], row["95% interval*"]) == ("never", NOTHING)


def test_few_correct_are_at_least():
    """1 of 20: the lower end, and why there is no other."""
    table = cost_table(money(costing("plain", [0.001] * 20, [1] + [0] * 19)))
    assert cells(table, "plain")["USD per 1,000 correct"].startswith("≥ ")
    assert any(note.startswith("≥:") for note in table.notes)


def test_caching_has_a_column_where_it_changes_something():
    """And none elsewhere."""
    cached = cost_table(worked(MINI_41, MINI_41_TUNED, 5.0, cached=True))
    assert cells(cached, "shots_20")["without caching"] == "0.6636"
    plain = cost_table(worked(MINI_41, MINI_41_TUNED, 5.0))
    assert "without caching" not in [column.name for column in plain.columns]


def test_two_currencies_stand_side_by_side():
    """Each amount with its own, a warning, and no break-even."""
    euro = Price(input=1e6, output=0.0, currency="EUR", **DATED)
    found = money(priced("plain", [[2, 0, 0, 0]] * 2, euro), tuned("tuned", [1, 1], 10.0))
    first, _, last = cost_tables(found)
    assert cells(first, "plain")["money per 1,000 requests"] == "2,000.00 EUR"
    assert cells(first, "tuned")["money per 1,000 requests"] == "1,000.00 USD"
    assert "EUR and USD" in warnings(first)[0]
    assert cells(last, "plain")["pays back after, requests"] == "unknown"


def test_when_tuning_pays_back():
    """A number with its interval, never, and at least; with what each word means."""
    found = money(
        costing("dear", [3, 3.1, 3.2]),
        costing("alike", [1, 2.2, 0.4]),
        costing("cheap", [0.5, 0.5, 0.6]),
        tuned("tuned", [1, 1, 1], 10.0),
    )
    table = [*cost_tables(found)][2]
    after = "pays back after, requests"
    assert cells(table, "dear")[after] == "4.8"
    assert cells(table, "cheap")[after] == "never"
    assert cells(table, "alike")[after].startswith("≥ ")
    assert [note.split(":")[0] for note in table.notes] == ["Saves", "Never", "≥"]


def test_an_amount_in_another_currency_than_the_heading_says_so():
    """A training that was paid in euros beside requests in dollars, and two currencies of arms."""
    euros = Price(input=1e6, output=0.0, hosting=0.001, currency="EUR", **DATED)
    spent = Spending(training=1.5, basis="a bill", currency="USD")
    arm = priced("tuned", [[1, 0, 0, 0]] * 2, euros, kind="fine_tuned", spending=spent)
    table = list(cost_tables(money(arm)))[1]
    assert table.title.endswith("in EUR")
    assert cells(table, "tuned")["training"] == "1.50 USD"
    assert cells(table, "tuned")["hosting a month"] == "0.7200"
    table = list(cost_tables(money(costing("plain", [2, 2]), arm)))[1]
    assert cells(table, "tuned")["hosting a month"] == "0.7200 EUR"


def test_hosting_says_from_which_volume():
    """Without --volume no number of requests is shown; with it there are months."""
    table = [*cost_tables(worked(MINI_41, MINI_41_AZURE, 5.0))][2]
    assert cells(table, "zero_shot")["hosting paid from, requests a month"] == "22.2 million"
    assert "pays back after, requests" not in [column.name for column in table.columns]
    assert any("--volume" in note for note in table.notes)
    plain = costing("plain", [2, 2])
    found = money(plain, tuned("tuned", [1, 1], 100.0, hosting=0.5), volume=500)
    row = cells([*cost_tables(found)][2], "plain")
    assert row["months, at 500 a month"] == "0.7"
    assert row["pays back after, requests"] == "357"


def test_too_late_is_a_warning():
    """The last day of the model, and that of the horizon."""
    plain, ending = costing("plain", [2, 2]), Ending(TODAY + timedelta(days=60), "a page")
    after = tuned("tuned", [1, 1], 100.0, ending=ending)
    _, took, back = cost_tables(money(plain, after, volume=10))
    assert cells(took, "tuned")["of use for"] == "2.0 months"
    assert cells(took, "tuned")["per 1,000 with all"] == "6,000.00"
    assert cells(back, "plain")["in time"] == "no"
    assert warnings(back) == [
        "Warning: against plain tuned does not pay back before it is switched off."
    ]
    _, _, back = cost_tables(money(plain, tuned("tuned", [1, 1], 100.0), volume=10, horizon=3))
    assert "before the horizon" in warnings(back)[0]


def test_a_training_of_unknown_cost_is_a_warning():
    """What a request saves stands there all the same."""
    _, took, back = cost_tables(money(costing("plain", [2, 2]), tuned("tuned", [1, 1], None)))
    assert cells(took, "tuned")["training"] == "unknown"
    assert warnings(took)
    row = cells(back, "plain")
    assert (row["saves per 1,000"], row["pays back after, requests"]) == ("+1,000.00", "unknown")
    assert warnings(back) == [
        "Warning: no break-even without what its training cost, which is unknown."
    ]


def test_labels_and_errors_have_columns():
    """Only where they were given."""
    found = money(
        costing("plain", [1] * 4, [1, 0, 0, 0]),
        tuned("tuned", [2] * 4, 8.0, values=[1, 1, 1, 0]),
        error_cost=10,
        labelling=5.0,
    )
    first, took, back = cost_tables(found)
    assert cells(first, "plain")["with errors"] == "8,500.00"
    assert (cells(took, "tuned")["labels"], cells(took, "tuned")["together"]) == ("5.00", "13.00")
    assert cells(back, "plain")["saves per 1,000, errors counted"] == "+4,000.00"


def test_few_groups_are_a_warning():
    """As everywhere."""
    groups = [0, 0, 1, 1]
    found = money(
        costing("plain", [2, 3, 2, 3], groups=groups), tuned("tuned", [1] * 4, 1.0, groups=groups)
    )
    assert "2 groups are few" in warnings([*cost_tables(found)][2])[0]


def test_it_fits_a_terminal_of_110_columns():
    """No line is longer, and no table is cut in two."""
    ending = Ending(TODAY + timedelta(days=60), "a page")
    found = money(
        costing("a_rather_long_name_of_an_arm", [0.0021, 0.0023] * 10),
        tuned("tuned", [0.001] * 20, 100.0, hosting=1.7, ending=ending),
        volume=1e7,
        error_cost=0.01,
        labelling=300.0,
    )
    text = shown(found)
    assert max(map(len, text.splitlines())) <= 110
    assert text.count("instead of") == 1


# --------------------------------------------------------------------------- scenarios and the rest


def scenario(name: str, after: Price) -> Costed:
    return msgspec.structs.replace(worked(MINI_41, after, 5.0), scenario=name, basis=f"At {name}")


def test_scenarios_in_one_table():
    """A row per arm and scenario, the name once; N* or the volume that hosting takes."""
    table = scenario_table([scenario("openai", MINI_41_TUNED), scenario("azure", MINI_41_AZURE)])
    lead = [row[0] for row in table.rows]
    assert lead == ["openai", "", "", "", "azure", "", "", ""]
    assert [row[-1] for row in table.rows[:4]] == ["45,101", "2,758", "1,145", NOTHING]
    assert table.rows[4][-1] == "from 22.2 million a month"
    assert [row[2] for row in table.rows[3::4]] == ["0.0808 USD", "0.0404 USD"]
    assert any("0.6675 USD for training tuned" in note for note in table.notes)


def test_an_unknown_of_a_scenario_is_a_warning():
    """Which arm's price, and in which scenario."""
    lost = priced("plain", [[1, 0, 0, 1]] * 2, None, unknown=UNKNOWN)
    about = msgspec.structs.replace(ABOUT, scenario="mine", basis="Mine")
    table = scenario_table([costed(about, [lost, tuned("tuned", [1, 1], 1.0)], Terms(), TODAY)])
    assert warnings(table) == [f"Warning: mine: {UNKNOWN}."]
    assert table.rows[0] == ("mine", "plain", "unknown", NOTHING, "unknown")


PAIR = PayBack(tuned="t", prompted="p")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            {"requests": Quotient(2800.4, 2000.0, 4000.0)},
            "t pays back against p after 2,800 requests (2,000 to 4,000)",
        ),
        ({"requests": Quotient(2800.4)}, "t pays back against p after 2,800 requests"),
        (
            {"requests": Quotient(2800.4, 2000.0, None)},
            "t pays back against p after ≥ 2,000 requests, if at all",
        ),
        ({"requests": NEVER}, "t never pays back against p"),
        (
            {"from_volume": Quotient(22e6)},
            "t pays back its hosting against p from 22.0 million requests a month",
        ),
        (
            {"from_volume": Quotient(22e6, 2e6, None)},
            "t pays back its hosting against p from ≥ 2.0 million requests a month, if at all",
        ),
        ({"from_volume": NEVER}, "t never pays back its hosting against p"),
        ({"requests": Quotient(0.0, 0.0, None)}, None),
        ({}, None),
    ],
)
def test_one_sentence(change, text):
    """For the top of a page; none where it is unknown."""
    assert pay_back_sentence(msgspec.structs.replace(PAIR, **change)) == text


def test_json_has_every_number_and_says_how_to_read_it():
    """Null where it is unknown; it is JSON, without NaN."""
    lost = priced("lost", [[1, 0, 0, 1]] * 3, None, unknown=UNKNOWN)
    found = money(
        costing("plain", [0.001, 0.002, 0.003], [1, 0, 0]),
        costing("cheap", [0.0001] * 3),
        lost,
        tuned("tuned", [0.0005] * 3, 1.0),
        volume=100,
    )
    read = json.loads(json.dumps(cost_json(found, [found]), allow_nan=False))
    assert read["arms"]["plain"]["per_1k"]["estimate"] == pytest.approx(2)
    assert read["arms"]["plain"]["per_1k_correct"]["state"] == "at least"
    assert read["arms"]["plain"]["per_1k_correct"]["estimate"] is None
    assert read["pay_backs"][0]["requests"]["estimate"] is None
    assert read["pay_backs"][0]["requests"]["low"] > 0
    assert read["arms"]["lost"]["per_1k"] is None
    assert read["arms"]["lost"]["per_1k_correct"]["state"] == "unknown"
    assert [pair["requests"]["state"] for pair in read["pay_backs"]] == [
        "at least", "never", "unknown",
    ]  # fmt: skip
    assert read["pay_backs"][0]["saves_per_1k"]["estimate"] == pytest.approx(1.5)
    assert read["investments"]["tuned"]["total"] == 1.0
    assert read["warnings"] == [f"the cost of lost is unknown: {UNKNOWN}."]
    assert read["scenarios"][0]["suite"] == "stars"


def test_the_picture_has_a_line_per_arm_and_no_number_for_at_least():
    """Training is where a line starts; hosting is spread over the volume, or not drawn."""
    found = money(
        costing("dear", [3, 3.1, 3.2]),
        costing("alike", [1, 2.2, 0.4]),
        priced("lost", [[1, 0, 0, 1]] * 3, None, unknown=UNKNOWN),
        tuned("tuned", [1, 1, 1], 10.0),
    )
    figure = cost_figure(found)
    rows = {row[0]: row[1:] for row in figure.table.rows}
    assert set(rows) == {"dear", "alike", "lost", "tuned"}
    assert rows["lost"][1] == "unknown"
    assert rows["tuned"][0] == "10 USD"
    assert "dear: after 5" in rows["tuned"][3]
    assert "alike: after ≥ " in rows["tuned"][3]
    assert cost_figure(money(priced("lost", [[1, 0, 0, 1]], None))) is None


def test_the_picture_says_why_an_arm_is_not_drawn():
    """Hosting takes a volume: 720 * 0.5 / 1 = 360 requests a month.

    Without a price of training that is what is unknown, and not the price of a request.
    """
    hosted = [
        costing("plain", [2, 2]),
        costing("cheap", [1, 1]),
        tuned("tuned", [1, 1], 1.0, hosting=0.5),
    ]
    figure = cost_figure(money(*hosted))
    assert figure.caption.endswith(
        "tuned is hosted by the hour and not drawn: from 360 requests a month instead of plain and "
        "never instead of cheap."
    )
    row = next(row for row in figure.table.rows if row[0] == "tuned")
    assert row[1:3] == ("1 USD", "1,000 USD")
    assert row[4] == "plain: from 360 requests a month; cheap: never"
    assert cost_figure(money(*hosted, error_cost=1.0)).caption.endswith(
        "not drawn: what a request costs depends on how many there are."
    )
    assert cost_figure(money(*hosted, volume=360)).table.rows[2][2].startswith("2,000")
    figure = cost_figure(money(hosted[0], tuned("tuned", [1, 1], None)))
    assert figure.caption.endswith("Not drawn, cost of training unknown: tuned.")
    assert figure.table.rows[1][1:3] == ("unknown", "1,000 USD")


def test_foreign_texts_do_nothing():
    """Names and sources with control characters, in every table."""
    bad = "x\x1b[31m\nnew"
    price = Price(input=1e6, output=0.0, as_of="2026-11-21", source=bad)
    found = money(priced(bad, [[2, 0, 0, 0]] * 2, price), tuned("tuned", [1, 1], 10.0), volume=1.0)
    assert "\x1b" not in shown(found)
