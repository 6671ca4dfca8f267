"""A decision in, JUnit XML out, as CI systems read it: one test case per check. Pure.

A check that failed is a failure, one that cannot be trusted an error, one that could not be decided
is skipped; so that no system shows an inconclusive gate as green, the ruling is a test case too.
Format: the schema of Jenkins' xUnit plugin (junit-10.xsd).
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from harness.reports.gate.tables import ruling_sentence
from harness.reports.wording import one_line
from harness.values.baseline import Decision
from harness.values.verdict import Check, Ruling

_LONGEST = 2000
_NO_CHARACTERS = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}  # of XML 1.0, besides control characters


def junit_xml(decision: Decision, *, allowed: frozenset[Ruling]) -> str:
    """The document; `allowed` rulings are no failure of the test case `ruling`."""
    name = f"gate.{decision.suite}.{decision.candidate.arm}"
    cases = [_case(name, check) for check in decision.checks]
    cases.append(_ruling(name, decision, allowed))
    counts = {tag: sum(case.find(tag) is not None for case in cases) for tag in _RESULTS}
    suite = ET.Element(
        "testsuite",
        name=_text(name),
        timestamp=decision.time[:19],
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
        time="0",
    )
    suite.extend(cases)
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, "unicode") + "\n"


_RESULTS = ("failure", "error", "skipped")
_RESULT_OF = {"failed": "failure", "invalid": "error", "inconclusive": "skipped"}


def _case(name: str, check: Check) -> ET.Element:
    case = ET.Element("testcase", classname=_text(name), name=_text(check.name), time="0")
    result = _RESULT_OF.get(check.status)
    if result is None:
        ET.SubElement(case, "system-out").text = _text(check.evidence)
        return case
    found = ET.SubElement(case, result, message=_text(check.evidence), type=check.status)
    found.text = _text(check.next_step)
    return case


def _ruling(name: str, decision: Decision, allowed: frozenset[Ruling]) -> ET.Element:
    case = ET.Element("testcase", classname=_text(name), name="ruling", time="0")
    sentence = _text(ruling_sentence(decision))
    if decision.ruling == Ruling.PROMOTE or decision.ruling in allowed:
        ET.SubElement(case, "system-out").text = sentence
    else:
        ET.SubElement(case, "failure", message=sentence, type=str(decision.ruling))
    return case


def _text(text: str) -> str:
    """Foreign text without the characters that XML cannot carry."""
    return one_line(text, _LONGEST).translate(_NO_CHARACTERS)
