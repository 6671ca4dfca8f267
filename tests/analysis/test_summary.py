"""Summaries: honest denominators, replicates averaged first, percentiles that were observed."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.columns import ArmColumns
from harness.analysis.interval import case_interval, wilson
from harness.analysis.summary import Latency, Summary, nearest_rank, slices, summarise
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, Usage, assistant
from harness.values.request import Replicate
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome, Score

OUTCOME = st.sampled_from(list(OUTCOMES))


def _columns(rows: list[dict]) -> ArmColumns:
    """One record per row: case, outcome, and what else matters to the test."""
    columns = ArmColumns()
    for row in rows:
        outcome = row.get("outcome", Outcome.CORRECT)
        failed = outcome in INFRASTRUCTURE
        value = row.get("value", float(outcome == Outcome.CORRECT))
        answer = Answer(assistant("x"), usage=row.get("usage"), latency=row.get("latency", 0.0))
        record = Record(
            arm="a",
            case=str(row["case"]),
            input_digest="d",
            outcome=outcome,
            exchanges=(Exchange("k", Failure("timeout") if failed else answer),),
            replicate=Replicate(row.get("seed", 0)),
            scores={} if failed else {"s": Score(value, "x")},
            group=row.get("group"),
            tags=row.get("tags", {}),
        )
        columns.append(row["case"], record)
    return columns


def _summary(rows: list[dict], *, graded: bool = False) -> Summary:
    summary = summarise(_columns(rows), graded=graded)
    assert summary is not None
    return summary


def _plain(outcomes: list[Outcome]) -> list[dict]:
    return [{"case": i, "outcome": outcome} for i, outcome in enumerate(outcomes)]


def test_no_rows_have_no_summary():
    """None rather than a mean of nothing."""
    assert summarise(ArmColumns(), graded=False) is None
    assert summarise(_columns([{"case": 0}]), graded=False, rows=[]) is None


@given(st.lists(OUTCOME, min_size=1, max_size=40))
def test_accuracy_is_correct_over_all(outcomes: list[Outcome]):
    """No kind of failure leaves the denominator; accuracy and the rates sum to 1."""
    summary = _summary(_plain(outcomes))
    assert summary.accuracy == pytest.approx(outcomes.count(Outcome.CORRECT) / len(outcomes))
    assert summary.mean == summary.accuracy
    assert summary.accuracy + math.fsum(summary.rates.values()) == pytest.approx(1)
    assert tuple(summary.rates) == OUTCOMES[1:]


@given(
    st.lists(OUTCOME, min_size=1, max_size=20),
    st.lists(st.sampled_from(sorted(INFRASTRUCTURE)), max_size=5),
    st.booleans(),
)
def test_a_failure_never_raises_the_mean(
    outcomes: list[Outcome], failures: list[Outcome], graded: bool
):
    """Adding failed cases lowers accuracy and mean score, or leaves them where they are."""
    before = _summary(_plain(outcomes), graded=graded)
    after = _summary(_plain(outcomes + failures), graded=graded)
    assert after.accuracy <= before.accuracy
    assert after.mean <= before.mean


@given(st.lists(OUTCOME, min_size=1, max_size=20), st.data())
def test_an_answer_that_becomes_a_failure_never_raises_the_mean(
    outcomes: list[Outcome], data: st.DataObject
):
    """Crashing on a hard case is no way to a better number."""
    place = data.draw(st.integers(0, len(outcomes) - 1))
    worse = [Outcome.PROVIDER_ERROR if i == place else o for i, o in enumerate(outcomes)]
    assert _summary(_plain(worse)).accuracy <= _summary(_plain(outcomes)).accuracy


def test_replicates_are_averaged_first():
    """A case asked three times counts as one: (2/3 + 0) / 2, not 2/4."""
    rows = [
        {"case": 0, "seed": 1},
        {"case": 0, "seed": 2},
        {"case": 0, "seed": 3, "outcome": Outcome.WRONG},
        {"case": 1, "seed": 1, "outcome": Outcome.WRONG},
    ]
    summary = _summary(rows)
    assert summary.accuracy == pytest.approx(1 / 3)
    assert (summary.cases, summary.rows, summary.clusters) == (2, 4, 2)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), OUTCOME),
        min_size=1,
        max_size=30,
        unique_by=lambda row: row[:2],
    )
)
def test_rates_and_accuracy_sum_to_one_with_replicates(rows: list[tuple[int, int, Outcome]]):
    """Both average replicates within a case first, however many each case has."""
    summary = _summary([{"case": c, "seed": s, "outcome": o} for c, s, o in rows])
    assert summary.accuracy + math.fsum(summary.rates.values()) == pytest.approx(1)


def test_each_replicate_has_its_own_mean():
    """In the order of the seeds, for the variance over shots; one alone has none beside it."""
    rows = [
        {"case": case, "seed": seed, "outcome": Outcome.CORRECT if case < right else Outcome.WRONG}
        for seed, right in ((3, 1), (1, 4), (2, 2))
        for case in range(4)
    ]
    assert _summary(rows).replicate_means == (1.0, 0.5, 0.25)
    assert _summary([{"case": 0}]).replicate_means == ()


def test_a_graded_mean_is_the_mean_of_scores():
    """Beside it stands the accuracy, which counts what reached `correct_at`."""
    rows = [
        {"case": 0, "value": 1.0},
        {"case": 1, "value": 0.5, "outcome": Outcome.WRONG},
        {"case": 2, "outcome": Outcome.PROVIDER_ERROR},
    ]
    summary = _summary(rows, graded=True)
    assert summary.mean == pytest.approx(0.5)
    assert summary.accuracy == pytest.approx(1 / 3)


def test_the_interval_is_over_cases():
    """Wilson for plain answers; the averaged values where there are replicates."""
    outcomes = [Outcome.CORRECT] * 7 + [Outcome.WRONG] * 3
    assert _summary(_plain(outcomes)).interval == wilson(0.7, 10)
    rows = [
        {"case": i, "seed": s, "outcome": Outcome.CORRECT if s > i % 3 else Outcome.WRONG}
        for i in range(12)
        for s in (1, 2)
    ]
    values = [1.0, 0.5, 0.0] * 4
    assert _summary(rows).interval == case_interval(values)


def test_groups_are_clusters():
    """Cases of one group count together; a case without a group is its own cluster."""
    rows = [
        {"case": i, "group": g, "outcome": Outcome.CORRECT if i % 2 else Outcome.WRONG}
        for i, g in enumerate(["a", "a", "b", "b", None, None])
    ]
    summary = _summary(rows)
    assert summary.clusters == 4
    values = [0.0, 1.0] * 3
    assert summary.interval == case_interval(values, ["a", "a", "b", "b", "c", "d"])


def test_tokens_and_attempts_are_sums():
    """`per_reply` averages over replies with usage; unknown and estimated usage is counted."""
    rows = [
        {"case": 0, "usage": Usage(10, 4, 0, 2, 1)},
        {"case": 1, "usage": Usage(20, 0, 0, 4, 0, estimated=True)},
        {"case": 2},
        {"case": 3, "outcome": Outcome.PROVIDER_ERROR},
    ]
    summary = _summary(rows)
    tokens = summary.tokens
    assert (tokens.input, tokens.cached, tokens.output, tokens.reasoning) == (30, 4, 6, 1)
    assert tokens.per_reply == 18.0
    assert (tokens.unknown, tokens.estimated) == (1, 1)
    assert summary.attempts == 4


def test_without_any_usage_there_is_no_average():
    """Nothing is divided by nothing."""
    tokens = _summary([{"case": 0}]).tokens
    assert (tokens.per_reply, tokens.unknown) == (0.0, 1)


def test_slices_summarise_their_own_rows():
    """Sorted by tag and value; unknown usage elsewhere is not theirs."""
    rows = [
        {"case": 0, "tags": {"lang": "es"}},
        {"case": 1, "tags": {"lang": "en"}, "usage": Usage(1), "outcome": Outcome.WRONG},
        {"case": 2, "tags": {"lang": "en", "long": "yes"}, "usage": Usage(1)},
    ]
    parts = slices(_columns(rows), graded=False)
    assert list(parts) == [("lang", "en"), ("lang", "es"), ("long", "yes")]
    assert [part.cases for part in parts.values()] == [2, 1, 1]
    assert [part.accuracy for part in parts.values()] == [0.5, 1.0, 1.0]
    assert [part.tokens.unknown for part in parts.values()] == [0, 1, 0]


def test_latencies_are_observed_ones():
    """Of 20 answers p50 is the 10th and p95 the 19th."""
    rows = [{"case": i, "latency": float(20 - i)} for i in range(20)]
    latency = _summary(rows).latency
    assert (latency.p50, latency.p95) == (10.0, 19.0)


def test_a_failure_has_no_latency():
    """A refused connection is fast and says nothing of the model."""
    rows = [{"case": 0, "latency": 3.0}, {"case": 1, "outcome": Outcome.PROVIDER_ERROR}]
    assert _summary(rows).latency.p50 == 3.0
    assert _summary(rows[1:]).latency.p95 is None


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(19, 20)])
def test_the_nearest_rank_is_exact(share: Fraction):
    """The ceil(share * n)-th of n values, in exact arithmetic, for every n up to 1,000."""
    for n in range(1, 1001):
        assert nearest_rank(range(n), float(share)) == max(1, math.ceil(share * n)) - 1


def test_a_time_that_nobody_measured_is_unknown():
    """It is 0, as in replies of other tools' logs; such rows take no part."""
    rows = [{"case": 0, "latency": 3.0}, {"case": 1, "latency": 0.0}, {"case": 2, "latency": 0.0}]
    assert _summary(rows).latency == Latency(3.0, 3.0)
    assert _summary(rows[1:]).latency == Latency(None, None)
