from __future__ import annotations

import msgspec

from harness.values.leaks import LEAK_KINDS, Leak, LeakReport


def test_a_report_survives_json() -> None:
    """run.json and the cache give back what was put in, leaks as tuples."""
    leak = Leak("near-duplicate", "t1", "c1", 93.25)
    report = LeakReport(
        status="leaky", compared=2, counts={leak.kind: 1}, leaks=(leak,), cases=("c1",)
    )
    assert msgspec.json.decode(msgspec.json.encode(report), type=LeakReport) == report


def test_kinds_by_strength() -> None:
    """Equal texts come before like ones, and those before a shared group."""
    assert LEAK_KINDS == ("exact", "normalised", "near-duplicate", "group")
