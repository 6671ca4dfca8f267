"""A run in, what became of each case under each arm out: the test cases of a JUnit file."""

from __future__ import annotations

from collections.abc import Iterator

from harness.reports.run_junit import CaseResult, Got
from harness.reports.wording import reply_text
from harness.store.case_records import CaseRecords
from harness.store.reply_rows import Expected
from harness.store.runs import JOURNAL_FILE, Run
from harness.store.suite import Suite
from harness.values.record import Record
from harness.workflows.export.sources import expected_of


def case_results(suite: Suite, run: Run) -> Iterator[tuple[str, list[CaseResult]]]:
    """Every arm with every case it was asked, in the order of the split; one arm is held at a time.

    Raises:
        DataError: the journal is broken.
    """
    expected = expected_of(suite, {run.info.split})
    ids = _asked(suite, run)
    with CaseRecords(run.path / JOURNAL_FILE) as records:
        for arm in run.info.arms:
            yield arm, [_result(arm, id_, records.of(id_), expected) for id_ in ids]


def _asked(suite: Suite, run: Run) -> list[str]:
    """The cases that some arm answered, and of a whole split those that none did."""
    info = run.info
    split = suite.splits.get(info.split)
    answered = dict.fromkeys(run.cases)
    if split is None or split.inputs_digest != info.inputs_digest:
        return list(answered)
    excluded = frozenset(info.excluded)
    whole = info.limit is None
    return [id_ for id_ in split.ids if id_ in answered or (whole and id_ not in excluded)]


def _result(arm: str, id_: str, records: list[Record], expected: Expected) -> CaseResult:
    mine = sorted((r for r in records if r.arm == arm), key=lambda record: record.replicate)
    text = next((found for record in mine if (found := expected(record)) is not None), None)
    return CaseResult(id_, text, tuple(_got(record) for record in mine))


def _got(record: Record) -> Got:
    reply = record.exchanges[-1].reply if record.exchanges else None
    return Got(record.outcome, reply_text(record) or "no reply", reply.latency if reply else 0.0)
