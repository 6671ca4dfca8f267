"""Tables of replies: CSV, TSV, JSONL, JSON, XLSX or Parquet in, one log for each arm out.

Columns: id, input or input.NAME …, expected, arm, reply; and what is known beside (`ReplyRow`),
group, tags.NAME, score.NAME and error. promptfoo's column __expected stands for expected, and every
column that is none of these is then an input.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from harness.errors import DataError, Problem
from harness.store.peers.reading import arm_name, day_of, distinct, failure, unit_score
from harness.store.rows import read_rows
from harness.store.suite_problems import FileProblems
from harness.text.wording import counted, listing
from harness.values.digest import digest
from harness.values.imported import ImportedLog, ImportedSample
from harness.values.reply import Answer, Finish, Usage, assistant

TOOL = "a table"
PROMPTFOO_EXPECTED = "__expected"
_TYPED = re.compile(r"(?:equals|contains|icontains|starts-with):\s*")
_OF_CASE = ("id", "expected", PROMPTFOO_EXPECTED, "arm", "group", "error", "input")
_OF_EXPORT = frozenset({"suite", "run", "case", "text"})

Count = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


class ReplyRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a row of a table says of a reply: the text, and what is known beside.

    That is tokens, why it ended, seconds, the model's name as the server gave it, the day, and
    which repetition it was.
    """

    reply: str
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    usage: Usage | None = None
    finish: Finish = "stop"
    latency: Seconds = 0.0
    model: str = ""
    date: str = ""
    shot_seed: Count = 0
    trial: Count = 0

    def answer(self, model: str = "", scores: Mapping[str, float] | None = None) -> Answer:
        """The row as an answer; of `model` where it does not say of whom."""
        known = self.input_tokens is not None and self.output_tokens is not None
        counted = Usage(input=self.input_tokens or 0, output=self.output_tokens or 0)
        return Answer(
            assistant(self.reply),
            finish=self.finish,
            usage=self.usage or (counted if known else None),
            model=self.model or model,
            latency=self.latency,
            scores=dict(scores or {}),
        )


REPLY_COLUMNS = ReplyRow.__struct_fields__


def without_blanks(row: Mapping[str, Any]) -> dict[str, Any]:
    """A CSV's empty cell says nothing, except that an empty reply is a reply."""
    return {key: value for key, value in row.items() if key == "reply" or value not in ("", None)}


def read_table(location: str) -> list[ImportedLog]:
    """A log for each value of the column arm; without one, the file's name is the arm.

    Raises:
        DataError: with the rows that cannot be used.
    """
    problems: list[Problem] = []
    faults = FileProblems(location, problems)
    lacking: dict[tuple[tuple[str, ...], str], list[int]] = {}
    rows = 0
    arms: dict[str, list[ImportedSample]] = {}
    models: dict[str, str] = {}
    for number, row in read_rows(location):
        rows += 1
        if absent := _absent(row):
            lacking.setdefault((absent, _hint(row)), []).append(number)
            continue
        try:
            sample, model = _sample(row, number)
        except (msgspec.ValidationError, ValueError) as error:
            problem = Problem(file=location, line=number, message=str(error), hint=_hint(row))
            faults.add(problem)
            continue
        arm = str(row.get("arm") or Path(location).stem)
        arms.setdefault(arm, []).append(sample)
        models.setdefault(arm, model or arm)
    for (absent, hint), lines in lacking.items():
        message = f"there is no column {listing(map(repr, absent), 'or')}"
        first = 0 if len(lines) == rows else lines[0]
        if first and len(lines) > 1:
            message += f", nor in {counted(len(lines) - 1, 'other row')}"
        faults.add(Problem(file=location, line=first, message=message, hint=hint))
    if not faults.count and not arms:
        faults.add(Problem(file=location, message="has no replies"))
    faults.close()
    if problems:
        raise DataError(problems)
    return [
        ImportedLog(
            tool=TOOL,
            file=location,
            arm=name,
            model=models[arm],
            samples=tuple(samples),
        )
        for name, (arm, samples) in zip(distinct(map(arm_name, arms)), arms.items(), strict=True)
    ]


def _absent(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns without which a row is no reply to a case: those that it does not have."""
    there = {
        "input": bool(_case(row)),
        "expected": "expected" in row or PROMPTFOO_EXPECTED in row,
        "reply": "reply" in row or bool(row.get("error")),
    }
    return tuple(name for name, is_there in there.items() if not is_there)


def _sample(row: Mapping[str, Any], number: int) -> tuple[ImportedSample, str]:
    """The sample of a row, and its model."""
    said = without_blanks({k: v for k, v in row.items() if k in REPLY_COLUMNS})
    error = str(row.get("error") or "")
    if "reply" not in said and error:
        said["reply"] = ""
    reply = msgspec.convert(said, ReplyRow, strict=False)
    if reply.date and not day_of(reply.date):
        raise ValueError(f"date is {reply.date!r}, and must be like 2026-11-28")
    case = _case(row)
    sample = ImportedSample(
        id=str(row.get("id") or "") or digest(case),
        input=case,
        expected=_expected(row),
        reply=failure(error) if error else reply.answer(scores=_scores(row)),
        trial=reply.trial,
        group=str(row["group"]) if row.get("group") else None,
        tags={k.removeprefix("tags."): str(v) for k, v in row.items() if k.startswith("tags.")},
        line=number,
        day=day_of(reply.date),
    )
    return sample, reply.model


def _case(row: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a row, if it has any; of promptfoo's CSV, everything that is nothing else."""
    whole = row.get("input")
    named = {k.removeprefix("input."): v for k, v in row.items() if k.startswith("input.")}
    if PROMPTFOO_EXPECTED in row and not named and whole is None:
        taken = (*_OF_CASE, *REPLY_COLUMNS)
        named = {k: v for k, v in row.items() if k not in taken and not _is_prefixed(k)}
    if isinstance(whole, dict):
        named = {**whole, **named}
    elif whole is not None:
        named = {"input": whole, **named}
    return named


def _is_prefixed(column: str) -> bool:
    return column.startswith(("tags.", "score.", "__"))


def _expected(row: Mapping[str, Any]) -> Any:
    if "expected" in row:
        return row["expected"]
    return _TYPED.sub("", str(row[PROMPTFOO_EXPECTED]), count=1)


def _scores(row: Mapping[str, Any]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for column, value in row.items():
        if column.startswith("score.") and value not in ("", None):
            score = unit_score(value)
            if score is None:
                raise ValueError(f"{column} is {value!r}, and must be a number from 0 to 1")
            scores[column.removeprefix("score.")] = score
    return scores


def _hint(row: Mapping[str, Any]) -> str:
    """What columns there may be, or what a table of `harness export` lacks."""
    if row.keys() >= _OF_EXPORT:
        return (
            "this is a table of `harness export`, which has other names and no inputs: "
            "docs/import.md says under Tables how to make it one that can be imported"
        )
    hint = "columns: id, input, expected, arm, reply; optional: "
    return hint + ", ".join((*REPLY_COLUMNS[1:], "group", "tags.NAME", "score.NAME", "error"))
