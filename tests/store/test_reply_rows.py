"""Rows of replies: one per record, in columns that depend on scorers and tags alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.errors import DataError
from harness.store.journal import Journal
from harness.store.reply_rows import ReplyRows, Source, as_text
from harness.values.price import Price
from harness.values.record import Exchange, Record
from harness.values.reply import Usage
from harness.values.request import Replicate
from harness.values.score import Outcome, Score

from .journals import PRICE, answer, arm, failed, info, record, source

LEADING = "suite run split arm kind model served_model case shot_seed trial outcome correct"
TRAILING = (
    "expected label text finish failure detail tokens.input tokens.cached tokens.cache_write "
    "tokens.output tokens.reasoning tokens.estimated cost currency latency attempts recalled "
    "group shots"
)


def _dicts(rows: ReplyRows) -> list[dict[str, Any]]:
    names = [field.name for field in rows.fields]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _one(tmp_path: Path, one: Record, **change: Any) -> dict[str, Any]:
    (row,) = _dicts(ReplyRows([source(tmp_path / "r1", [one], info(**change))]))
    return row


def test_the_columns_are_those_of_the_docs(tmp_path: Path):
    """In this order, with those of scorers and tags in their places."""
    rows = ReplyRows([source(tmp_path / "r1", [record("x", tags={"lang": "en"})])])
    scored = ["score.stars", "extracted.stars"]
    names = [*LEADING.split(), *scored, *TRAILING.split(), "tag.lang"]
    assert [field.name for field in rows.fields] == names


def test_a_row_says_everything_of_a_reply(tmp_path: Path):
    """Twenty tokens at 1, ten cached ones at 0.5 and two of output at 4 dollars a million."""
    one = record("x", replicate=Replicate(2, 1), group="g", label="5", shots=("t1", "t2"))
    row = _one(tmp_path, one)
    assert row == {
        "suite": "s",
        "run": "r1",
        "split": "test",
        "arm": "a",
        "kind": "zero_shot",
        "model": "m",
        "served_model": "m-1",
        "case": "x",
        "shot_seed": 2,
        "trial": 1,
        "outcome": "correct",
        "correct": True,
        "score.stars": 1.0,
        "extracted.stars": "5",
        "expected": None,
        "label": "5",
        "text": "5",
        "finish": "stop",
        "failure": None,
        "detail": None,
        "tokens.input": 30,
        "tokens.cached": 10,
        "tokens.cache_write": 1,
        "tokens.output": 2,
        "tokens.reasoning": 1,
        "tokens.estimated": False,
        "cost": pytest.approx((20 * 1.0 + 10 * 0.5 + 2 * 4.0) / 1e6),
        "currency": "USD",
        "latency": 0.5,
        "attempts": 1,
        "recalled": False,
        "group": "g",
        "shots": '["t1","t2"]',
    }


def test_a_failure_has_its_kind_and_no_text(tmp_path: Path):
    """Nor a score, tokens or money."""
    row = _one(tmp_path, failed("x", faults=2))
    assert (row["failure"], row["detail"], row["attempts"], row["latency"]) == (
        "timeout",
        "slow",
        3,
        2.0,
    )
    empty = ("text", "finish", "served_model", "score.stars", "tokens.input", "cost", "currency")
    assert {row[name] for name in empty} == {None}
    assert row["correct"] is False


@pytest.mark.parametrize(
    ("usage", "prices", "tokens"),
    [
        (None, {"m": PRICE}, None),
        (Usage(30, output=2), {}, 30),
        (Usage(-1, output=2), {"m": PRICE}, None),
        (Usage(2**40, output=2), {"m": PRICE}, None),
    ],
)
def test_what_is_unknown_costs_nothing_known(tmp_path: Path, usage, prices, tokens):
    """No usage, no price, or counts that no server can mean: never 0."""
    row = _one(tmp_path, record("x", answer(usage=usage)), prices=prices)
    assert (row["cost"], row["currency"]) == (None, None)
    assert row["tokens.input"] == tokens


def test_a_machine_by_the_hour_needs_no_usage(tmp_path: Path):
    """Half a second of 3.60 an hour."""
    price = Price(as_of="2026-11-01", source="a bill", per_hour=3.6, currency="EUR")
    row = _one(tmp_path, record("x", answer(usage=None)), prices={"m": price})
    assert (row["cost"], row["currency"]) == (pytest.approx(0.0005), "EUR")
    untimed = record("x", msgspec.structs.replace(answer(usage=None), latency=0.0))
    row = _one(tmp_path / "untimed", untimed, prices={"m": price})
    assert (row["cost"], row["currency"], row["latency"]) == (None, None, None)


def test_an_answer_after_a_failure_counts_with_the_attempts_of_both(tmp_path: Path):
    """Twice failed, then answered: 3 + 2 + 1 attempts; a repeated answer stays a row of its own."""
    records = [failed("x", 2), record("y"), failed("x", 1), record("x"), record("y")]
    rows = ReplyRows([source(tmp_path / "r1", records)])
    assert [(row["case"], row["attempts"]) for row in _dicts(rows)] == [
        ("y", 1),
        ("x", 6),
        ("y", 1),
    ]
    assert len(rows) == 3


def test_rows_of_two_runs_have_the_columns_of_both(tmp_path: Path):
    """What a run does not have is empty in its rows."""
    first = source(tmp_path / "r1", [record("x", tags={"lang": "en"})])
    about = info("r2", scorers={"exact": 1})
    scores = {"exact": Score(0.5, {"a": 1})}
    second = source(tmp_path / "r2", [record("y", scores=scores, tags={"age": "old"})], about)
    one, two = _dicts(ReplyRows([first, second]))
    assert (one["run"], one["score.stars"], one["score.exact"], one["tag.lang"]) == (
        "r1",
        1.0,
        None,
        "en",
    )
    assert (two["run"], two["score.stars"], two["score.exact"], two["tag.age"]) == (
        "r2",
        None,
        0.5,
        "old",
    )
    assert two["extracted.exact"] == '{"a":1}'


def test_records_of_unknown_arms_are_passed_over(tmp_path: Path):
    """As where a run is loaded; so that rows of one arm are rows of a run with that arm alone."""
    rows = ReplyRows(
        [source(tmp_path / "r1", [record("x", arm="b", tags={"t": "1"}), record("y")])]
    )
    assert [row["case"] for row in _dicts(rows)] == ["y"]
    assert not any(field.name == "tag.t" for field in rows.fields)


@pytest.mark.parametrize(("replayed", "recalled"), [(True, False), (False, True)])
def test_a_reply_from_a_recording_says_so(tmp_path: Path, replayed: bool, recalled: bool):
    """Whether the whole arm was replayed, or this reply stood in for a call."""
    one = record("x", exchanges=(Exchange("k", answer(), recalled=recalled),))
    assert _one(tmp_path, one, arms={"a": arm(replayed=replayed)})["recalled"] is True


def test_what_was_expected_is_asked_of_the_suite(tmp_path: Path):
    """A journal holds only its digest."""
    made = source(tmp_path / "r1", [record("x")])
    (row,) = _dicts(ReplyRows([made], lambda one: f"as for {one.case}"))
    assert row["expected"] == "as for x"


def test_what_is_appended_later_is_not_seen(tmp_path: Path):
    """A run that is being written has the rows that it had at first, with all their columns."""
    made = source(tmp_path / "r1", [record("x")])
    rows = ReplyRows([made])
    with Journal(made.journal) as journal:
        journal.append(record("y", tags={"new": "1"}))
    assert [row["case"] for row in _dicts(rows)] == ["x"]
    assert len(ReplyRows([made])) == 2


def test_a_broken_journal_is_a_problem(tmp_path: Path):
    """With its line; so is an absent one."""
    made = source(tmp_path / "r1", [record("x")])
    made.journal.write_bytes(made.journal.read_bytes() + b"{}\n")
    with pytest.raises(DataError, match=r"journal\.jsonl:2: no record"):
        ReplyRows([made])
    with pytest.raises(DataError, match="cannot be read"):
        ReplyRows([Source(info(), tmp_path / "none")])


def test_an_outcome_is_its_name(tmp_path: Path):
    """Not the enum's member, which every format would write in its own way."""
    assert _one(tmp_path, record("x", outcome=Outcome.UNPARSED))["outcome"] == "unparsed"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, None), ("a", "a"), ("", ""), (5, "5"), ([1, "b"], '[1,"b"]'), (True, "true")],
)
def test_values_as_text(value: Any, text: str | None):
    """A text stays one; what is no text becomes JSON."""
    assert as_text(value) == text
