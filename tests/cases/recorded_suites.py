"""Real data of others as suites: cases, and arms that are known by their replies alone."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from harness.store.suite import Suite
from harness.workflows.imported import import_replies
from harness.workflows.run import open_suite

DAY = date(2026, 11, 28)


def recorded_suite(
    root: Path,
    name: str,
    cases: Sequence[Mapping[str, Any]],
    replies: Mapping[str, Mapping[str, str]],
    *,
    scorer: str,
    more: str = "",
) -> Suite:
    """A suite of one test split whose arms answer from `replies`: arm -> case id -> text."""
    folder = root / "suites" / name
    (folder / "data").mkdir(parents=True)
    (folder / "prompts").mkdir()
    (root / "harness.toml").write_text('[endpoints.past]\nkind = "recorded"\n')
    (folder / "prompts" / "ask.j2").write_text("{{ text }}")
    (folder / "data" / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in cases))
    arms = "".join(
        f'[models.{arm}]\nendpoint = "past"\nmodel = "{arm}"\n'
        f'[arms.{arm}]\nmodel = "{arm}"\nform = "completion"\nprompt = "ask"\nfrozen = true\n'
        for arm in replies
    )
    toml = f'title = "{name}"\n[data]\ntest = "data/test.jsonl"\n[scorer]\n{scorer}\n{arms}{more}'
    (folder / "suite.toml").write_text(toml)
    for arm, texts in replies.items():
        rows = root / f"{name}.{arm}.jsonl"
        rows.write_text(
            "".join(json.dumps({"id": id_, "reply": text}) + "\n" for id_, text in texts.items())
        )
        import_replies(open_suite(folder), arm, str(rows), day=DAY)
    return open_suite(folder)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file, plain or gzipped."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in data.decode().splitlines()]
