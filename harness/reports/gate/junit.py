"""A decision in, JUnit XML out, as CI systems read it: one test case per check. Pure.

A check that failed is a failure, one that cannot be trusted an error, one that could not be decided
is skipped; so that no system shows an inconclusive gate as green, the ruling is a test case too.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from harness.reports.gate.tables import ruling_sentence
from harness.reports.junit import case_element, suite_element, suites_xml, xml_text
from harness.values.baseline import Decision
from harness.values.verdict import Check, Ruling

_RESULT_OF = {"failed": "failure", "invalid": "error", "inconclusive": "skipped"}


def junit_xml(decision: Decision, *, allowed: frozenset[Ruling]) -> str:
    """The document; `allowed` rulings are no failure of the test case `ruling`."""
    name = f"gate.{decision.suite}.{decision.candidate.arm}"
    cases = [_case(name, check) for check in decision.checks]
    cases.append(_ruling(name, decision, allowed))
    return "".join(suites_xml([suite_element(name, decision.time, cases)]))


def _case(name: str, check: Check) -> ET.Element:
    case = case_element(name, check.name)
    result = _RESULT_OF.get(check.status)
    if result is None:
        ET.SubElement(case, "system-out").text = xml_text(check.evidence)
        return case
    found = ET.SubElement(case, result, message=xml_text(check.evidence), type=check.status)
    found.text = xml_text(check.next_step)
    return case


def _ruling(name: str, decision: Decision, allowed: frozenset[Ruling]) -> ET.Element:
    case = case_element(name, "ruling")
    sentence = xml_text(ruling_sentence(decision))
    if decision.ruling == Ruling.PROMOTE or decision.ruling in allowed:
        ET.SubElement(case, "system-out").text = sentence
    else:
        ET.SubElement(case, "failure", message=sentence, type=str(decision.ruling))
    return case
