from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports.standing import standings
from harness.reports.table import Table, accuracy_table, spend_table
from harness.values.score import OUTCOMES, Outcome

from .runs import (
    arm_info,
    columns,
    graded_run,
    outcomes,
    record,
    run_info,
    stars,
    troubled_run,
    usual_run,
)


def cells(table: Table) -> dict[str, dict[str, str]]:
    """Arm -> heading -> cell; headings that occur twice keep the first."""
    heads = [column.name for column in table.columns]
    return {row[0]: dict(reversed(list(zip(heads, row, strict=True)))) for row in table.rows}


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=30), st.integers(1, 3))
def test_accuracy_and_rates_sum_to_one(some, replicates):
    """No reply is counted twice, none is left out."""
    records = [
        record(case, outcome, trial=trial)
        for trial in range(replicates)
        for case, outcome in enumerate(some)
    ]
    info = run_info({"a": arm_info(planned=len(records))}, len(some))
    (line,) = standings(info, {"a": columns(records)})
    assert line.shown is not None
    assert line.shown.accuracy + sum(line.shown.rates.values()) == pytest.approx(1)


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=40))
def test_shown_percentages_sum_to_a_hundred(some):
    """A column that is folded away held zero: what is shown adds up, but for rounding."""
    info = run_info({"a": arm_info(planned=len(some))}, len(some))
    table = accuracy_table(info, {"a": columns(map(record, range(len(some)), some))})
    shown = cells(table)["a"]
    parts = [float(v[:-1]) for k, v in shown.items() if v.endswith("%") and "interval" not in k]
    assert sum(parts) == pytest.approx(100, abs=0.05 * len(parts) + 1e-9)


def test_every_row_has_a_cell_per_column():
    """Also those of arms without numbers, and of graded scorers."""
    for run in (usual_run(), troubled_run(), graded_run()):
        for table in (accuracy_table(*run), spend_table(*run)):
            assert {len(row) for row in table.rows} == {len(table.columns)}


def test_ways_of_failing_that_nobody_has_are_folded_into_a_note():
    """The table keeps to what happened; the note says what did not."""
    table = accuracy_table(*usual_run())
    assert {column.name for column in table.columns}.isdisjoint({"refused", "errors"})
    assert table.notes[-1] == "No reply was refused, truncated, filtered or lost to an error."


def test_an_arm_that_ended_early_has_words_for_numbers():
    """One failed call is not an accuracy of 0 %."""
    row = cells(accuracy_table(*troubled_run()))["no_key"]
    assert row["accuracy"] == "ended early"
    assert not any("%" in cell for cell in row.values())


def test_none_and_all_right_have_intervals_of_some_width():
    """0 of 60 and 60 of 60 are not certain."""
    shown = cells(accuracy_table(*troubled_run()))
    assert shown["always_wrong"]["95% interval"] == "0.0\N{EN DASH}6.0%"
    assert shown["always_right"]["95% interval"] == "94.0\N{EN DASH}100.0%"


def test_one_case_has_no_interval():
    """One case says nothing about spread."""
    table = accuracy_table(run_info({"a": arm_info(planned=1)}, 1), {"a": columns([record(0)])})
    assert cells(table)["a"]["95% interval"] == "\N{EN DASH}"


def test_spread_is_the_range_of_the_shot_seeds():
    """Three seeds with 40, 45 and 37 of 60 right."""
    shown = cells(accuracy_table(*usual_run()))
    assert shown["few_shot"]["spread"] == "61.7\N{EN DASH}75.0%"
    assert shown["zero_shot"]["spread"] == "\N{EN DASH}"


def test_a_graded_scorer_has_a_score_and_beside_it_an_accuracy():
    """The mean of graded values is never called accuracy."""
    table = accuracy_table(*graded_run())
    heads = [column.name for column in table.columns]
    assert heads[3:6] == ["score", "95% interval", "accuracy"]
    assert table.rows[0][3:6] == ("0.700", "0.513\N{EN DASH}0.838", "40.0%")


def test_unknown_usage_is_the_word_and_never_zero():
    """Known parts are lower bounds, estimates carry a mark."""
    shown = cells(spend_table(*troubled_run()))
    assert shown["silent"]["tokens in"] == shown["silent"]["tokens per reply"] == "unknown"
    assert shown["half_silent"]["tokens in"] == "≥1,760"
    assert shown["half_silent"]["tokens per reply"] == "unknown"
    assert shown["guessed"]["tokens in"] == "~3,000"


def test_attempts_stand_there_only_when_some_were_repeated():
    """A column of n that equals n tells nothing."""
    assert "attempts" in cells(spend_table(*troubled_run()))["silent"]
    assert "attempts" not in cells(spend_table(*usual_run()))["zero_shot"]


def test_a_classical_arm_has_no_tokens_and_no_time():
    """Its seconds are those of this machine: they would make a page differ in CI."""
    row = spend_table(*usual_run()).rows[-1]
    assert row[:2] == ("classical", "60")
    assert set(row[2:]) == {"\N{EN DASH}"}


def test_an_arm_that_was_never_asked_has_a_row():
    """It is there, with nothing in it."""
    info = run_info({"a": arm_info()})
    arms = {"a": columns([])}
    assert accuracy_table(info, arms).rows[0][:4] == ("a", "zero-shot", "0", "not run")
    assert spend_table(info, arms).rows[0][:2] == ("a", "0")


def test_a_failure_never_raises_accuracy():
    """An error takes the place of a right answer and nothing else moves."""
    whole = columns(stars(outcomes(9, 1)))
    failed = columns(stars(outcomes(8, 1, 0, (Outcome.PROVIDER_ERROR, 1))))
    info = run_info({"a": arm_info(planned=10), "b": arm_info(planned=10)}, 10)
    shown = cells(accuracy_table(info, {"a": whole, "b": failed}))
    assert (shown["a"]["accuracy"], shown["b"]["accuracy"]) == ("90.0%", "80.0%")
    assert shown["b"]["errors"] == "10.0%"
