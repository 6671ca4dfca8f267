"""OpenAI evals: the JSONL of events that oaieval records in, one log out.

Read are: spec (eval, completion function, max_samples), the events sampling, match, metrics,
raw_sample, error and function-free texts in them, and whether there is a final report. Not read:
every other event, and the rest of run_config. Format: openai/evals, `record.py` and `base.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from harness.errors import DataError, Problem
from harness.scoring.expected import as_text
from harness.store.peers.reading import (
    BROKEN,
    arm_name,
    day_of,
    decoded,
    failure,
    tokens,
    unit_scores,
)
from harness.store.rows import open_binary
from harness.store.suite_problems import FileProblems
from harness.text.wording import counted
from harness.values.imported import ImportedLog, ImportedSample
from harness.values.reply import Answer, Reply, Usage, assistant

TOOL = "OpenAI evals"
WHAT = "OpenAI evals event"
GRADED_BY_A_MODEL = "choice"
"""What modelgraded evals record beside a score: the answer of the grader, not of the arm."""


class _RunConfig(msgspec.Struct):
    max_samples: int | None = None


class _Spec(msgspec.Struct):
    completion_fns: list[str] = []
    run_config: _RunConfig | None = None
    eval_name: str = ""
    created_at: str = ""


class _Line(msgspec.Struct):
    """One line: the spec, an event, or the final report."""

    spec: _Spec | None = None
    final_report: Any = None
    sample_id: str | None = None
    type: str = ""
    data: Any = None
    created_at: str = ""


class _Sample:
    """What the events say of one sample so far."""

    def __init__(self, line: int, moment: str) -> None:
        self.line = line
        self.day = day_of(moment)
        self.sampled: list[Mapping[str, Any]] = []
        self.match: Mapping[str, Any] | None = None
        self.metrics: dict[str, Any] = {}
        self.raw: Mapping[str, Any] = {}
        self.error: str | None = None


def read_openai_evals(location: str) -> list[ImportedLog]:
    """The one log of a file. Without a final report it is one that nobody ended.

    Raises:
        DataError: with the lines that are no events, or the samples without input.
    """
    problems: list[Problem] = []
    faults = FileProblems(location, problems)
    spec, reported, samples = _Spec(), False, dict[str, _Sample]()
    for number, line in _lines(location, faults):
        spec = line.spec or spec
        reported = reported or line.final_report is not None
        if line.sample_id is not None and isinstance(line.data, dict):
            sample = samples.setdefault(line.sample_id, _Sample(number, line.created_at))
            _add(sample, line.type, line.data)
    if not faults.count and not samples:
        faults.add(Problem(file=location, message="holds no samples"))
    found = [_sample(location, id_, sample, faults) for id_, sample in samples.items()]
    faults.close()
    if problems:
        raise DataError(problems)
    model = ", ".join(spec.completion_fns)
    several = sum(len(sample.sampled) > 1 for sample in samples.values())
    text = "have several samplings: see docs/import.md for which is the reply"
    return [
        ImportedLog(
            tool=TOOL,
            file=location,
            arm=arm_name(model),
            model=model,
            samples=tuple(sample for sample in found if sample is not None),
            status="success" if reported else "started",
            started=spec.created_at,
            limit=len(samples) if _is_cut(spec, len(samples)) else None,
            notes=(f"{counted(several, 'sample')} {text}",) if several else (),
        )
    ]


def _is_cut(spec: _Spec, samples: int) -> bool:
    """Whether --max_samples left some out."""
    most = spec.run_config.max_samples if spec.run_config else None
    return most is not None and samples >= most


def _lines(location: str, faults: FileProblems) -> Iterator[tuple[int, _Line]]:
    with open_binary(location) as file:
        for number, data in enumerate(file, 1):
            if not data.strip():
                continue
            try:
                yield number, decoded(data, _Line)
            except BROKEN as error:
                message = f"is no {WHAT}: {error}"
                faults.add(Problem(file=location, line=number, message=message))


def _add(sample: _Sample, type_: str, data: dict[str, Any]) -> None:
    if type_ == "sampling":
        sample.sampled.append(data)
    elif type_ == "match":
        sample.match = data
    elif type_ == "metrics":
        sample.metrics |= data
    elif type_ == "raw_sample":
        sample.raw = data
    elif type_ == "error":
        words = (str(data.get(key) or "") for key in ("type", "message"))
        sample.error = ": ".join(filter(None, words)) or "the sample ended in an error"


def _sample(
    location: str, id_: str, sample: _Sample, faults: FileProblems
) -> ImportedSample | None:
    asked = sample.sampled[0].get("prompt") if sample.sampled else None
    given = sample.raw.get("input", asked)
    if given is None:
        message = f"sample {id_!r} has no input: neither a sampling nor a raw_sample event"
        faults.add(Problem(file=location, line=sample.line, message=message))
        return None
    match = sample.match or {}
    expected = match.get("expected", sample.raw.get("ideal", sample.metrics.get("expected")))
    return ImportedSample(
        id=id_,
        input={"input": given},
        expected=expected,
        reply=_reply(sample),
        line=sample.line,
        day=sample.day,
    )


def _reply(sample: _Sample) -> Reply:
    """The last text that was sampled; before a grading by a model, the first."""
    if sample.error is not None and not sample.metrics and sample.match is None:
        return failure(sample.error)
    if not sample.sampled:
        return failure("nothing was sampled")
    event = sample.sampled[0 if GRADED_BY_A_MODEL in sample.metrics else -1]
    scores, _ = unit_scores({n: v for n, v in sample.metrics.items() if _is_number(v)})
    if sample.match is not None and isinstance(sample.match.get("correct"), bool):
        scores = {"match": float(sample.match["correct"])} | scores
    return Answer(
        assistant(_text(event.get("sampled"))),
        usage=_usage(event.get("usage")),
        model=str(event.get("model") or ""),
        scores=scores,
    )


def _text(sampled: Any) -> str:
    """One completion, as a text or in a list."""
    first = sampled[0] if isinstance(sampled, list) and sampled else sampled
    return "" if first is None else as_text(first)


def _usage(used: Any) -> Usage | None:
    if not isinstance(used, dict):
        return None
    read, written = (used.get(f"{key}_tokens_details") for key in ("prompt", "completion"))
    return tokens(
        used.get("prompt_tokens"),
        used.get("completion_tokens"),
        cached=read.get("cached_tokens") if isinstance(read, dict) else None,
        reasoning=written.get("reasoning_tokens") if isinstance(written, dict) else None,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
