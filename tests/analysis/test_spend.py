"""Costs by row against the cost of each reply by itself, and what is unknown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.columns import ArmColumns
from harness.analysis.side import side_of
from harness.analysis.spend import row_costs, spent, unknown_answers
from harness.values.price import Price, Tier, cost
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, Reply, Usage, assistant
from harness.values.request import Replicate
from harness.values.score import Outcome

DATED = {"as_of": "2026-11-01", "source": "a list"}
PRICE = Price(
    input=2.0,
    output=10.0,
    cached=0.5,
    tiers=(
        Tier(above=100, input=4.0, output=15.0),
        Tier(above=200, input=5.0, output=20.0, cache_write=6.0),
    ),
    per_hour=3.6,
    **DATED,
)
MACHINE = Price(per_hour=3.6, **DATED)
PARTS = st.tuples(*[st.integers(0, 150)] * 4)


def columns(replies: list[Reply | tuple[int, int, Reply]]) -> ArmColumns:
    """One row per reply, of a case each; or of (case, trial, reply)."""
    made = ArmColumns()
    for number, given_ in enumerate(replies):
        case, trial, reply = given_ if isinstance(given_, tuple) else (number, 0, given_)
        right = isinstance(reply, Answer) and reply.text == "right"
        outcome = Outcome.CORRECT if right else Outcome.WRONG
        record = Record(
            arm="a",
            case=f"c{case}",
            input_digest="d",
            outcome=outcome if isinstance(reply, Answer) else Outcome.PROVIDER_ERROR,
            exchanges=(Exchange("k", reply),),
            replicate=Replicate(0, trial),
        )
        made.append(case, record)
    return made


def answer(usage: Usage | None, text: str = "right", seconds: float = 0.0) -> Answer:
    return Answer(assistant(text), usage=usage, latency=seconds)


LOST = Failure("timeout", latency=9.0)


@given(st.lists(st.tuples(PARTS, st.integers(1, 60)), min_size=1, max_size=12))
def test_rows_cost_what_each_reply_costs(parts) -> None:
    """Tiers, caches and seconds, row by row."""
    usages = [
        (Usage(fresh + cached + written, cached, written, out), float(seconds))
        for (fresh, cached, written, out), seconds in parts
    ]
    found = row_costs(columns([answer(u, seconds=s) for u, s in usages]), PRICE)
    assert found.shape == (len(usages),)
    assert found == pytest.approx([cost(u, PRICE, s) for u, s in usages], rel=1e-12)


def test_what_is_unknown_is_no_number() -> None:
    """A failure and an answer without usage are NaN; nobody asks a machine for its tokens.

    Nor is an answer free whose seconds nobody measured, where the hour is paid for.
    """
    rows = columns([answer(Usage(10), seconds=1.0), answer(None, seconds=10.0), LOST])
    assert list(np.isnan(row_costs(rows, PRICE))) == [False, True, True]
    assert unknown_answers(rows, PRICE) == {"usage": 1}
    by_hour = row_costs(rows, MACHINE)
    assert by_hour[:2] == pytest.approx([0.001, 0.01])
    assert math.isnan(by_hour[2])
    assert unknown_answers(rows, MACHINE) == {}
    untimed = columns([answer(Usage(10)), answer(None, seconds=10.0), LOST])
    assert list(np.isnan(row_costs(untimed, MACHINE))) == [True, False, True]
    assert unknown_answers(untimed, PRICE) == {"usage": 1, "latency": 1}
    free = Price(per_hour=0.0, **DATED)
    assert row_costs(untimed, free)[0] == 0.0


def test_the_bill_of_an_arm() -> None:
    """Total, per request that was answered, and per correct answer: 2 per million of 10 and 30."""
    price = Price(input=2.0, output=2.0, **DATED)
    bill = spent(columns([answer(Usage(10)), answer(Usage(30), "wrong"), LOST]), price)
    assert bill is not None
    assert (bill.answers, bill.correct, bill.estimated) == (2, 1, False)
    assert bill.total == pytest.approx(80e-6)
    assert bill.each == pytest.approx(40e-6)
    assert bill.per_correct == pytest.approx(80e-6)


def test_a_bill_that_cannot_be_known() -> None:
    """One answer without usage makes all of it unknown, as does an arm without an answer."""
    assert (
        spent(columns([answer(Usage(10), seconds=1.0), answer(None, seconds=1.0)]), PRICE) is None
    )
    assert spent(columns([LOST]), PRICE) is None
    assert spent(columns([answer(None, seconds=1.0)]), MACHINE) is not None
    assert spent(columns([answer(None, seconds=1.0), answer(None)]), MACHINE) is None


def test_nothing_correct_has_no_cost_per_correct_answer() -> None:
    """It is not 0 and not infinite."""
    bill = spent(columns([answer(Usage(10), "wrong", 1.0)]), PRICE)
    assert bill is not None
    assert bill.per_correct is None


def test_guessed_tokens_mark_the_bill() -> None:
    """Of a machine by the hour nothing is guessed."""
    rows = columns([answer(Usage(10, estimated=True), seconds=1.0)])
    assert [spent(rows, price).estimated for price in (PRICE, MACHINE)] == [True, False]


def test_a_side_has_the_mean_of_its_costs() -> None:
    """It is not the cost of the mean reply: (100 x 2 + 300 x 5) / 2, and not 200 x 4."""
    rows = [(0, 0, answer(Usage(100))), (0, 1, answer(Usage(300))), (1, 0, LOST)]
    price = Price(input=2.0, output=0.0, tiers=PRICE.tiers, **DATED)
    side = side_of("a", columns(rows), ["c0", "c1"], graded=False, price=price)
    assert side.costs is not None
    assert side.costs[0] == pytest.approx(850e-6)
    assert math.isnan(side.costs[1])
    assert side.on(["c1", "c0"]).costs[1] == pytest.approx(850e-6)
