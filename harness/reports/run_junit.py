"""What became of each case of a run in, JUnit XML out: a suite per arm, a test case per case. Pure.

A case that was answered and is not correct is a failure. One that was lost to infrastructure is an
error, and one that nobody answered is skipped: neither says anything of the model. Of several
replies to a case (shot seeds, trials) each must be correct for the case to pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree as ET

import msgspec

from harness.reports.junit import case_element, suite_element, suites_xml, xml_text
from harness.text.wording import counted
from harness.values.run import RunInfo
from harness.values.score import INFRASTRUCTURE, Outcome

NOT_KEPT = "not known: the case changed since, or its suite is not here"


class Got(msgspec.Struct, frozen=True):
    """One reply to a case: its outcome, what was said or how the asking failed, and its seconds."""

    outcome: Outcome
    text: str
    seconds: float = 0.0


class CaseResult(msgspec.Struct, frozen=True):
    """A case as one arm met it; `expected` is text or JSON, None where it is not known."""

    id: str
    expected: str | None
    got: tuple[Got, ...]


def run_junit(info: RunInfo, arms: Iterable[tuple[str, Sequence[CaseResult]]]) -> Iterator[str]:
    """The document in pieces, arm by arm."""
    yield from suites_xml(
        suite_element(
            f"{info.suite}.{arm}", info.started, [_case(f"{info.suite}.{arm}", r) for r in results]
        )
        for arm, results in arms
    )


def _case(classname: str, result: CaseResult) -> ET.Element:
    case = case_element(classname, result.id, sum(got.seconds for got in result.got))
    wrong = [got for got in result.got if got.outcome != Outcome.CORRECT]
    if not result.got:
        ET.SubElement(case, "skipped", message="not asked, or not answered yet")
    elif wrong:
        judged = [got for got in wrong if got.outcome not in INFRASTRUCTURE]
        _add(case, "failure" if judged else "error", judged or wrong, result)
    return case


def _add(case: ET.Element, tag: str, told: Sequence[Got], result: CaseResult) -> None:
    first = told[0]
    of = f" ({len(told)} of {counted(len(result.got), 'reply')})" if len(result.got) > 1 else ""
    expected = NOT_KEPT if result.expected is None else result.expected
    found = ET.SubElement(case, tag, message=f"{first.outcome}{of}", type=str(first.outcome))
    lines = [f"expected: {xml_text(expected)}"] if tag == "failure" else []
    found.text = "\n".join([*lines, *(f"got: {xml_text(got.text)}" for got in told)])
