"""The report of a check as text and JSON."""

from __future__ import annotations

import msgspec

from harness.reports.findings import findings_json, findings_text, summary
from harness.training.check import CheckReport
from harness.values.finding import Finding

FINDINGS = (
    Finding(
        rule="secret",
        severity="error",
        file="a.jsonl",
        message="12 rows with what looks like a secret",
        line=3,
        lines=tuple(range(3, 15)),
        count=12,
        sample="key [secret removed]",
        remedy="remove it",
    ),
    Finding(rule="few-examples", severity="info", file="a.jsonl", message="20 rows"),
)
REPORT = CheckReport("a.jsonl", "chat", 20, FINDINGS)


def test_text_has_place_lines_sample_and_remedy():
    """The first line of a finding is one that editors can follow."""
    assert findings_text(REPORT) == (
        "a.jsonl: 20 rows, chat\n\n"
        "a.jsonl:3: error: 12 rows with what looks like a secret [secret]\n"
        "    lines 3, 4, 5, 6, 7, 8, 9, 10 and 4 more\n"
        "    such as: key [secret removed]\n"
        "    remove it\n\n"
        "a.jsonl: info: 20 rows [few-examples]\n\n"
        "1 error, 0 warnings, 1 fact"
    )


def test_json_is_the_report_with_counts():
    """It decodes to the same report."""
    values = findings_json(REPORT)
    assert values.pop("counts") == {"error": 1, "warning": 0, "info": 1}
    assert msgspec.convert(values, CheckReport) == REPORT
    assert summary(REPORT) == "1 error, 0 warnings, 1 fact"
