"""Records as columns: what is kept, what a repeated record replaces, how small it is."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.columns import (
    NO_CODE,
    ArmColumns,
    Codes,
    TagCodes,
    UsageKnown,
)
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, Usage, assistant
from harness.values.request import Replicate
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome, Score

ANSWER = Answer(assistant("5"), usage=Usage(30, 10, 4, 2, 1), latency=0.5)


def _record(outcome: Outcome = Outcome.CORRECT, **fields: object) -> Record:
    value = float(outcome == Outcome.CORRECT)
    given_ = {
        "arm": "a",
        "case": "c",
        "input_digest": "d",
        "outcome": outcome,
        "exchanges": (Exchange("k", ANSWER, ("timeout",)),),
        "scores": {"stars": Score(value, 5), "lenient": Score(1.0, 4)},
    }
    return Record(**(given_ | fields))


def test_a_row_holds_the_numbers_of_a_record():
    """Tokens, latency, attempts (one and the retried ones), primary score, codes of its texts."""
    columns = ArmColumns()
    columns.append(7, _record(group="g", tags={"lang": "en"}, label="5"))
    row = [column[0] for column in columns._columns()]
    assert row == [7, 0, 0, 1.0, 30, 10, 4, 2, 1, 0.5, 2, UsageKnown.REPORTED, 0, 0, 0, 0]
    assert columns.groups.text(0) == "g"
    assert columns.tag_codes.combinations == [{"lang": "en"}]
    assert columns.labels.texts == ["5"]


def test_what_is_absent_has_no_code():
    """No group, label or extracted answer."""
    columns = ArmColumns()
    columns.append(0, _record())
    assert columns.group[0] == columns.label[0] == columns.extracted[0] == NO_CODE
    assert columns.groups.text(NO_CODE) is None


def test_a_label_and_an_extracted_answer_share_their_codes():
    """So that a confusion matrix has the same rows and columns; numbers are read as text."""
    columns = ArmColumns()
    columns.append(0, _record(label="5"))
    columns.append(1, _record(Outcome.WRONG, label="4"))
    assert list(columns.label) == [0, 1]
    assert list(columns.extracted) == [0, 0]


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from(list(OUTCOMES))),
        max_size=30,
    )
)
def test_only_an_infrastructure_failure_is_ever_replaced(rows: list[tuple[int, int, Outcome]]):
    """Against the definition: an answer stays for good, whatever is written after it."""
    columns, expected = ArmColumns(), []
    for case, seed, outcome in rows:
        columns.append(case, _record(outcome, replicate=Replicate(seed)))
        same = [e for e in expected if e[:2] == [case, seed] and e[2] in INFRASTRUCTURE]
        if same:
            same[0][2] = outcome
        else:
            expected.append([case, seed, outcome])
    seeds = [columns.replicates[code].shot_seed for code in columns.replicate]
    outcomes = [OUTCOMES[code] for code in columns.outcome]
    assert [list(row) for row in zip(columns.case, seeds, outcomes, strict=True)] == expected


def test_a_repeated_record_replaces_the_whole_failed_row():
    """Tokens and latency are those of the record that counts; the attempts of both are counted."""
    failure = Exchange("k", Failure("timeout", latency=9.0))
    columns, fresh = ArmColumns(), ArmColumns()
    columns.append(0, _record(Outcome.PROVIDER_ERROR, exchanges=(failure,), scores={}))
    columns.append(0, _record())
    fresh.append(0, _record())
    assert columns.attempts[0] == 1 + fresh.attempts[0]
    columns.attempts = fresh.attempts
    assert columns._columns() == fresh._columns()


def test_a_failure_has_no_score_and_no_tokens():
    """Neither does a record without any exchange."""
    columns = ArmColumns()
    failure = Exchange("k", Failure("timeout", latency=2.0))
    columns.append(0, _record(Outcome.PROVIDER_ERROR, exchanges=(failure,), scores={}))
    columns.append(1, _record(Outcome.HARNESS_ERROR, exchanges=(), scores={}))
    assert list(columns.score) == [0.0, 0.0]
    assert list(columns.input) == [0, 0]
    assert list(columns.attempts) == [1, 0]
    assert list(columns.usage) == [UsageKnown.NONE, UsageKnown.NONE]


def test_each_row_says_where_its_tokens_come_from():
    """An answer without usage is unknown, not free; an estimate is marked."""
    columns = ArmColumns()
    estimated = Answer(assistant("5"), usage=Usage(3, output=1, estimated=True))
    for case, answer in enumerate((ANSWER, estimated, Answer(assistant("5")))):
        columns.append(case, _record(exchanges=(Exchange("k", answer),)))
    assert list(columns.usage) == [UsageKnown.REPORTED, UsageKnown.ESTIMATED, UsageKnown.UNKNOWN]


def test_every_outcome_is_counted():
    """In the order of the tables, with zeros."""
    columns = ArmColumns()
    for case, outcome in enumerate([Outcome.WRONG, Outcome.WRONG, Outcome.CORRECT]):
        columns.append(case, _record(outcome))
    counts = columns.outcomes()
    assert tuple(counts) == OUTCOMES
    assert counts[Outcome.WRONG] == 2
    assert sum(counts.values()) == len(columns) == 3


@given(st.lists(st.text() | st.none()))
def test_codes_give_back_their_texts(texts: list[str | None]):
    """text(code(x)) == x, equal texts share a code."""
    codes = Codes()
    numbers = [codes.code(text) for text in texts]
    assert [codes.text(number) for number in numbers] == texts
    assert len(codes.texts) == len({text for text in texts if text is not None})


def test_tags_of_every_case_may_differ():
    """70,000 combinations: a tag that is nearly an id must not end a run."""
    codes, columns = TagCodes(), ArmColumns()
    assert [codes.code({"n": str(n)}) for n in (0, 1, 0)] == [0, 1, 0]
    columns.tag_codes._codes = {(("n", str(n)),): n for n in range(70_000)}
    columns.tag_codes.combinations = [{"n": str(n)} for n in range(70_000)]
    columns.append(0, _record(tags={"n": "new"}))
    assert columns.tags[0] == 70_000


def test_a_record_costs_less_than_a_hundred_bytes():
    """Memory of 20,000 rows, spare room of the growing arrays included."""
    columns, record = ArmColumns(), _record(group="g", tags={"lang": "en"}, label="5")
    for case in range(20_000):
        columns.append(case, record)
    size = sum(sys.getsizeof(column) for column in columns._columns())
    assert size / len(columns) < 100
