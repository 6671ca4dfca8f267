"""lm-evaluation-harness: a samples_TASK_DATE.jsonl file (--log_samples) in, one log out.

A row is one document under one filter; the rows of a document are one sample. Read are: doc_id,
doc, target, arguments, resps, filter and the metrics. Not read: hashes. Model and time come from
the results file beside it. Format: lm_eval, `evaluator.py` and `loggers/evaluation_tracker.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import DataError, Problem
from harness.store.peers.lm_eval_choices import (
    arguments_of,
    chosen,
    expected_option,
    generated,
    is_likelihood,
    options_of,
)
from harness.store.peers.reading import BROKEN, arm_name, decoded, unit_score
from harness.store.rows import open_binary
from harness.store.suite_problems import FileProblems
from harness.text.wording import listing
from harness.values.imported import ImportedLog, ImportedSample
from harness.values.reply import Answer, assistant

TOOL = "lm-evaluation-harness"
WHAT = "sample of lm-evaluation-harness"
_NAME = re.compile(r"samples_(?P<task>.+?)_(?P<moment>\d{4}-\d{2}-\d{2}T[0-9.\-]+)\.jsonl")
_GOLD = frozenset({"answer", "answers", "target", "label", "gold", "answerKey", "solution"})
_KNOWN = {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics"}
_KNOWN |= {"doc_hash", "prompt_hash", "target_hash"}


class _Asked(msgspec.Struct):
    """How many documents a task has, and how many of them were asked (--limit)."""

    original: int = 0
    effective: int = 0


class _Results(msgspec.Struct, rename={"asked": "n-samples"}):
    """The results_DATE.json beside the samples: who was asked, and how much of each task."""

    model_name: str = ""
    asked: dict[str, _Asked] = {}


class _Document:
    """What the rows of one document say, so far: its samples, and the scores of every filter."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.scores: dict[str, float] = {}
        self.filters: list[str] = []
        self.samples: tuple[ImportedSample, ...] = ()


def read_lm_eval(location: str) -> list[ImportedLog]:
    """The one log of a file: a task. A row is forgotten once its texts are read.

    Raises:
        DataError: with the rows that cannot be used.
    """
    problems: list[Problem] = []
    faults = FileProblems(location, problems)
    named = _NAME.fullmatch(Path(location).name)
    task = named["task"] if named else Path(location).stem.removeprefix("samples_")
    aside: dict[str, None] = {}
    documents: dict[str, _Document] = {}
    for line, row in _rows(location, faults):
        if message := _add(documents, line, row, task, aside):
            faults.add(Problem(file=location, line=line, message=message))
    if not documents and not faults.count:
        faults.add(Problem(file=location, message="holds no samples"))
    faults.close()
    if problems:
        raise DataError(problems)
    samples = [sample for document in documents.values() for sample in document.samples]
    moment = named["moment"] if named else ""
    results = _results(Path(location), moment)
    model = results.model_name or _named_by_folder(Path(location))
    asked = results.asked.get(task, _Asked())
    notes = [f"{listing(aside)} is of the whole task and no score of a sample"] if aside else []
    if any(sample.trial for sample in samples):
        notes.append("several responses to one case are its trials; each has the score of all")
    return [
        ImportedLog(
            tool=TOOL,
            file=location,
            arm=arm_name(model),
            model=model,
            samples=tuple(samples),
            started=_time(moment),
            limit=len(documents) if asked.effective < asked.original else None,
            notes=tuple(notes),
        )
    ]


def _rows(location: str, faults: FileProblems) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows that have what a sample needs, line by line."""
    with open_binary(location) as file:
        for line, data in enumerate(file, 1):
            if not data.strip():
                continue
            try:
                row = decoded(data, dict[str, Any])
            except BROKEN as error:
                message = f"is no {WHAT}: {error}"
                faults.add(Problem(file=location, line=line, message=message))
                continue
            missing = [key for key in ("doc_id", "resps", "arguments") if key not in row]
            if missing:
                message = f"is no {WHAT}: there is no {missing[0]!r}"
                faults.add(Problem(file=location, line=line, message=message))
            else:
                yield line, row


def _add(
    documents: dict[str, _Document],
    line: int,
    row: Mapping[str, Any],
    task: str,
    aside: dict[str, None],
) -> str:
    """Take up a row; what is wrong with it. `aside` collects metrics that are none of a sample."""
    id_, filter_ = str(row["doc_id"]), str(row.get("filter", "none"))
    document = documents.setdefault(id_, _Document(line))
    if filter_ in document.filters:
        return f"a second sample {id_} under the filter {filter_!r} (also in line {document.line})"
    document.filters.append(filter_)
    _add_scores(document, row, filter_, aside)
    if not document.samples:
        try:
            document.samples = tuple(_samples(document, row, task))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return f"is no {WHAT} with a reply: {error}"
    return ""


def _add_scores(
    document: _Document, row: Mapping[str, Any], filter_: str, aside: dict[str, None]
) -> None:
    """A metric is called METRIC, or METRIC,FILTER as lm-evaluation-harness calls it."""
    for metric in row.get("metrics") or [key for key in row if key not in _KNOWN]:
        score = unit_score(row.get(metric))
        name = metric if filter_ == "none" else f"{metric},{filter_}"
        if score is None:
            aside[name] = None
        else:
            document.scores[name] = score


def _samples(document: _Document, row: Mapping[str, Any], task: str) -> Iterator[ImportedSample]:
    """One for each response; all share the scores, which other filters add to."""
    arguments = arguments_of(row["arguments"])
    responses = row["resps"]
    choices = len(responses) > 1 or is_likelihood(responses[0])
    if choices:
        options = options_of(arguments)
        texts = [chosen(responses, options)]
        expected: Any = expected_option(row.get("target"), options)
    else:
        texts = [generated(response) for response in responses[0]]
        expected = row.get("target")
    case = _input(row.get("doc"), expected, arguments)
    for trial, text in enumerate(texts):
        yield ImportedSample(
            id=f"{task}-{row['doc_id']}",
            input=case,
            expected=expected,
            reply=Answer(assistant(text), scores=document.scores),
            trial=trial,
            tags={"task": task},
            line=document.line,
        )


def _input(doc: Any, expected: Any, arguments: list[tuple[str, Any]]) -> dict[str, Any]:
    """The document without what gives the answer away; the prompt where nothing else is left.

    The prompt itself is of the arm (shots, chat template), so that it is not the case's input.
    """
    if isinstance(doc, dict):
        kept = {
            str(name): value
            for name, value in doc.items()
            if name not in _GOLD and value != expected and value is not None
        }
        if kept:
            return {"input": kept}
    return {"input": arguments[0][0]}


def _results(path: Path, moment: str) -> _Results:
    """What the results beside the samples say; nothing where there are none."""
    results = path.with_name(f"results_{moment}.json")
    if not moment or not results.is_file():
        return _Results()
    try:
        return decoded(results.read_bytes(), _Results)
    except (OSError, *BROKEN):
        return _Results()


def _named_by_folder(path: Path) -> str:
    """The model as lm-evaluation-harness calls the folder of its samples."""
    folder = path.resolve().parent.name
    return folder.replace("__", "/") if "__" in folder else ""


def _time(moment: str) -> str:
    """2026-01-16T16-02-26.648276 as ISO 8601."""
    day, _, clock = moment.partition("T")
    return f"{day}T{clock.replace('-', ':')}" if clock else ""
