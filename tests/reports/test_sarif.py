"""The report of a check as SARIF 2.1.0, by the essentials of its schema."""

from __future__ import annotations

import json

import jsonschema

from harness.reports.sarif import sarif
from harness.training.check import CheckReport
from harness.values.finding import Finding

from .test_findings import REPORT

MESSAGE = {"type": "object", "required": ["text"]}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {"required": ["uri"]},
                "region": {"properties": {"startLine": {"type": "integer", "minimum": 1}}},
            },
        }
    },
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RESULT = {
    "required": ["ruleId", "level", "message", "locations"],
    "properties": {
        "level": LEVEL,
        "message": MESSAGE,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "occurrenceCount": {"type": "integer", "minimum": 1},
        "locations": {"type": "array", "minItems": 1, "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION},
    },
}
RULE = {"required": ["id"], "properties": {"shortDescription": MESSAGE, "help": MESSAGE}}
DRIVER = {"required": ["name", "rules"], "properties": {"rules": {"items": RULE}}}
RUN = {
    "required": ["tool", "results"],
    "properties": {
        "tool": {"required": ["driver"], "properties": {"driver": DRIVER}},
        "results": {"type": "array", "items": RESULT},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": RUN},
    },
}


def test_a_report_has_the_essentials_of_the_schema():
    """Version, runs, the tool's rules, results with rule, level, message and place."""
    log = sarif(REPORT, "0.1.0")
    jsonschema.validate(json.loads(json.dumps(log)), SCHEMA)
    first = log["runs"][0]["results"][0]
    assert (first["ruleId"], first["level"], first["occurrenceCount"]) == ("secret", "error", 12)
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert len(first["relatedLocations"]) == 11


def test_every_result_names_its_rule_by_index():
    """The rule at the index has the result's id; a rule stands once."""
    run = sarif(REPORT, "0.1.0")["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["secret", "few-examples"]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == rules


def test_a_rule_that_nobody_listed_and_a_path_with_a_blank():
    """The finding describes its rule; a URI has no blank; a whole file has no region."""
    found = Finding(rule="own-rule", severity="warning", file="my data/a.jsonl", message="m")
    log = sarif(CheckReport("x", None, 0, (found,)), "1")
    jsonschema.validate(log, SCHEMA)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "my%20data/a.jsonl"}}
    assert log["runs"][0]["tool"]["driver"]["rules"][0]["shortDescription"] == {"text": "m"}
