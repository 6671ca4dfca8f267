"""The reduced rows of real Inspect logs, put back into the shape in which Inspect writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cases.recorded_suites import read_lines

FOLDER = "21_inspect_eval_logs"
WHOLE = "scorer_logs_2025-02-11T15-18-04-05-00_popularity_mj7khqpMM4GBCfVQozKgzB.jsonl"
CANCELLED = "analysis_test_logs_2025-05-12T20-28-13-04-00_popularity.jsonl"
STREAMING = "log_test_eval_log_log_streaming.jsonl"
GRADED = "analysis_test_logs_2025-05-12T20-28-26-04-00_security-guide.jsonl"
NOT_KEPT = "(the case's input was not kept)"


def expected(cases_folder: Path, name: str) -> dict[str, Any]:
    """What Inspect itself says of a log: status, model, metrics, tokens."""
    said = json.loads((cases_folder / FOLDER / "expected.json").read_text())
    return next(one for one in said if one["file"] == name)


def inspect_log(cases_folder: Path, name: str, target: Path) -> Path:
    """Write a log at `target`; epochs are counted in the order of the rows."""
    about = expected(cases_folder, name)
    epochs: dict[Any, int] = {}
    samples = []
    for row in read_lines(cases_folder / FOLDER / name):
        epochs[row["id"]] = epochs.get(row["id"], 0) + 1
        choice = {"message": {"role": "assistant", "content": row["completion"]}}
        samples.append(
            {
                "id": row["id"],
                "epoch": epochs[row["id"]],
                "input": row["input"] or NOT_KEPT,
                "target": row["target"],
                "output": {
                    "model": about["model"].rpartition("/")[2],
                    "choices": [choice | {"stop_reason": "stop"}],
                    "usage": row["usage"],
                },
                "scores": {scorer: {"value": value} for scorer, value in row["scores"].items()},
                "model_usage": row["model_usage"],
                "error": row["error"],
            }
        )
    log = {
        "version": 2,
        "status": about["status"],
        "eval": {
            "task": "popularity",
            "model": about["model"],
            "created": "2025-05-12T20:28:13-04:00",
        },
        "samples": samples,
    }
    target.write_text(json.dumps(log))
    return target
