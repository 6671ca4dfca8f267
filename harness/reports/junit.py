"""Test cases in, JUnit XML out, as CI systems read it. Pure.

Format: the schema of Jenkins' xUnit plugin (junit-10.xsd).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree as ET

from harness.reports.wording import one_line

RESULTS = ("failure", "error", "skipped")
FIRST_LINE = '<?xml version="1.0" encoding="UTF-8"?>\n'

_LONGEST = 2000
_NO_CHARACTERS = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}  # of XML 1.0, besides control characters


def xml_text(text: str) -> str:
    """Foreign text on one line, without the characters that XML cannot carry; cut where it is long.

    A file of CI is no place for a whole reply.
    """
    return one_line(text, _LONGEST).translate(_NO_CHARACTERS)


def case_element(classname: str, name: str, seconds: float = 0.0) -> ET.Element:
    """A test case that has passed, unless a child says otherwise."""
    time = f"{seconds:.3f}" if seconds else "0"
    return ET.Element("testcase", classname=xml_text(classname), name=xml_text(name), time=time)


def suite_element(name: str, time: str, cases: Sequence[ET.Element]) -> ET.Element:
    """A suite of test cases, counted; `time` is ISO 8601, and the format has no zone."""
    counts = {tag: sum(case.find(tag) is not None for case in cases) for tag in RESULTS}
    seconds = sum(float(case.get("time", "0")) for case in cases)
    suite = ET.Element(
        "testsuite",
        name=xml_text(name),
        timestamp=time[:19],
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
        time=f"{seconds:.3f}" if seconds else "0",
    )
    suite.extend(cases)
    return suite


def suites_xml(suites: Iterable[ET.Element]) -> Iterator[str]:
    """The document in pieces, one per suite, indented."""
    yield FIRST_LINE + "<testsuites>\n"
    for suite in suites:
        ET.indent(suite, level=1)
        yield f"  {ET.tostring(suite, 'unicode').rstrip()}\n"
    yield "</testsuites>\n"
