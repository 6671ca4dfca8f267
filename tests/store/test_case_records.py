"""Records of single cases, read back from a journal of many."""

from __future__ import annotations

import pytest

from harness.errors import DataError
from harness.store.case_records import CaseRecords
from harness.store.journal import Journal
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, assistant
from harness.values.request import Replicate
from harness.values.score import Outcome


def _record(arm, case, text, seed=0):
    reply = Answer(assistant(text)) if text else Failure("timeout")
    outcome = Outcome.CORRECT if text else Outcome.PROVIDER_ERROR
    return Record(
        arm=arm,
        case=case,
        input_digest="0" * 24,
        outcome=outcome,
        exchanges=(Exchange("k", reply),),
        replicate=Replicate(seed),
    )


def _texts(records):
    replies = ((record.arm, record.exchanges[-1].reply) for record in records)
    return [(arm, r.text if isinstance(r, Answer) else r.kind) for arm, r in replies]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append(_record("a", "two", "ä2"))
        journal.append(_record("a", "one", None))
        journal.append(_record("b", "two", "b2"))
        journal.append(_record("a", "one", "again"))
        journal.append(_record("a", "two", "seed 1", 1))
    return path


def test_every_record_of_a_case_in_the_order_of_writing(path):
    with CaseRecords(path) as records:
        assert _texts(records.of("two")) == [("a", "ä2"), ("b", "b2"), ("a", "seed 1")]


def test_a_later_record_takes_the_place_of_a_failed_one(path):
    with CaseRecords(path) as records:
        assert _texts(records.of("one")) == [("a", "again")]


def test_an_unknown_case_has_no_records(path):
    with CaseRecords(path) as records:
        assert records.of("three") == []


def test_an_empty_journal(tmp_path):
    (tmp_path / "journal.jsonl").touch()
    with CaseRecords(tmp_path / "journal.jsonl") as records:
        assert records.of("one") == []


def test_what_is_appended_later_and_a_torn_line_are_not_seen(path):
    with path.open("ab") as file:
        file.write(b'{"arm": "a", "case": "one"')
    with CaseRecords(path) as records:
        with path.open("ab") as file:
            file.write(b"}\n")
        assert _texts(records.of("one")) == [("a", "again")]


def test_a_line_that_is_no_record_is_named(path):
    with path.open("ab") as file:
        file.write(b"[1]\n")
    with pytest.raises(DataError, match=r"journal\.jsonl:6: .*no record"):
        CaseRecords(path)


def test_a_line_that_names_a_case_and_is_no_record_is_named(path):
    with path.open("ab") as file:
        file.write(b'{"case": "one"}\n')
    with CaseRecords(path) as records, pytest.raises(DataError, match=r":6: .*no record"):
        records.of("one")


def test_no_journal(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        CaseRecords(tmp_path / "journal.jsonl")
