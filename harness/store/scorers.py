"""The [scorer] table in, the suite's scorers out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.scoring.catalogue import build_scorer
from harness.scoring.outcome import compile_refusals
from harness.store.own import load_function
from harness.store.suite_problems import SuiteProblems
from harness.store.toml import read_text
from harness.values.score import Scorer
from harness.values.suite import OF_ONE_FOLDER, ScorerTable, is_file_name


def read_scorers(folder: Path, table: ScorerTable, problems: SuiteProblems) -> tuple[Scorer, ...]:
    """The primary scorer first; what is wrong with one is a problem and leaves it out."""
    try:
        compile_refusals(table.refusals)
    except UsageError as error:
        problems.at(("scorer", "refusals"), str(error))
    schema = _read_schema(folder, table.json.schema, problems)
    scorers = []
    for key, names in (("primary", (table.primary,)), ("also", table.also)):
        for name in filter(None, names):
            try:
                own = {name: load_function(folder, name)} if ":" in name else {}
                scorers.append(build_scorer(name, table, own=own, schema=schema))
            except UsageError as error:
                problems.at(("scorer", key), str(error))
    return tuple(scorers)


def _read_schema(folder: Path, name: str | None, problems: SuiteProblems) -> Any:
    if name is None:
        return None
    if not is_file_name(name):
        problems.at(("scorer", "json", "schema"), f"{name!r} is no name of a file {OF_ONE_FOLDER}")
        return None
    text = read_text(folder / name, problems.found)
    try:
        return json.loads(text) if text is not None else None
    except json.JSONDecodeError as error:
        problems.of(folder / name, f"broken JSON: {error.msg}", error.lineno)
        return None
