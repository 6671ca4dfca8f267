"""The report of a check in, SARIF 2.1.0 out: the form in which code hosts show findings. Pure.

Static Analysis Results Interchange Format, OASIS standard of 2020-03-27: version, runs, the
tool's rules, results with rule, level, message and place. The further lines of a finding are
related locations.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from harness.training.check import CheckReport
from harness.training.checks.catalogue import RULES
from harness.values.finding import Finding, Severity

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RELATED = 20
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def sarif(report: CheckReport, version: str) -> dict[str, Any]:
    """One run of the tool in its `version`; paths with forward slashes, as URI references."""
    ids = list(dict.fromkeys(found.rule for found in report.findings))
    rules = [_rule(id_, next(f for f in report.findings if f.rule == id_)) for id_ in ids]
    driver = {"name": "harness data check", "version": version, "rules": rules}
    results = [_result(found, ids.index(found.rule)) for found in report.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(id_: str, found: Finding) -> dict[str, Any]:
    """A rule of the catalogue; of one that is not in it what the finding says."""
    known = RULES.get(id_)
    what = known.what if known else found.message
    remedy = known.remedy if known else found.remedy
    severity = known.severity if known else found.severity
    rule = {
        "id": id_,
        "shortDescription": {"text": what},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }
    return {**rule, "help": {"text": remedy}} if remedy else rule


def _result(found: Finding, index: int) -> dict[str, Any]:
    text = f"{found.message}. {found.remedy}" if found.remedy else found.message
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": text},
        "occurrenceCount": max(1, found.count),
        "locations": [_location(found.file, found.line)],
    }
    others = [line for line in found.lines if line != found.line][:RELATED]
    if others:
        result["relatedLocations"] = [_location(found.file, line) for line in others]
    return result


def _location(file: str, line: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    if line:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place}


def _uri(file: str) -> str:
    return file if "://" in file else quote(PurePath(file).as_posix())
