"""A number of cases in, a repository with a suite and a past run of four arms over it out.

The journal is written as a run would have written it: the keys are those of the very prompts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.page.synthetic import LABELS, synthetic_cases, training_texts
from harness.reports.page.values import GridCase, GridReply
from harness.runner.plan import Ask
from harness.store.journal import Journal
from harness.store.runs import JOURNAL_FILE, write_info
from harness.store.suite import Suite
from harness.values.case import Case
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, assistant
from harness.values.request import Message, Replicate, Request, request_key
from harness.values.score import Score
from harness.workflows.lanes import ArmPlanner
from harness.workflows.run import open_suite, run

ARMS = ("zero_shot", "few_shot", "other_few", "tuned")
_SHOT_SEED = 1
_MARK = "\x00message\x00"
_SETTINGS = '[endpoints.fake]\nkind = "scripted"\n'
_PROMPT = (
    "You sort messages to a shop. Answer with one label and a sentence that says why.\n\n"
    "Message: {{ message }}\nLabel:"
)
_SUITE = f"""title = "Messages"
[data]
train = "data/train.jsonl"
test = "data/test.jsonl"
[scorer]
primary = "label"
label.labels = {json.dumps(LABELS)}
[models.small]
endpoint = "fake"
model = "small"
[models.other]
endpoint = "fake"
model = "other"
[arms.zero_shot]
form = "chat"
model = "small"
prompt = "sort"
[arms.few_shot]
extends = "zero_shot"
shots = {{ policy = "stratified", k = 8, seeds = [{_SHOT_SEED}] }}
[arms.other_few]
extends = "few_shot"
model = "other"
[arms.tuned]
extends = "zero_shot"
model = "other"
"""


def write_repository(root: Path, count: int) -> Path:
    """The folder of the suite; its newest run has every case and arm."""
    folder = root / "suites" / "messages"
    for name in ("data", "prompts"):
        (folder / name).mkdir(parents=True)
    (root / "harness.toml").write_text(_SETTINGS)
    (folder / "suite.toml").write_text(_SUITE)
    (folder / "prompts" / "sort.j2").write_text(_PROMPT)
    _write_lines(folder / "data" / "train.jsonl", map(_training_case, *training_texts()))
    _write_lines(folder / "data" / "test.jsonl", map(_case, synthetic_cases(1)))
    begun = run(folder, mode="live")  # of one case: it says of itself what a run of all would
    _write_lines(folder / "data" / "test.jsonl", map(_case, synthetic_cases(count)))
    suite = open_suite(folder)
    info = msgspec.structs.replace(
        begun.info,
        cases=count,
        inputs_digest=suite.splits["test"].inputs_digest,
        expected_digest=suite.splits["test"].expected_digest,
        arms={
            name: msgspec.structs.replace(arm, planned=count)
            for name, arm in begun.info.arms.items()
        },
    )
    journal = begun.path / JOURNAL_FILE
    journal.unlink()
    with Journal(journal) as lines:
        for record in _records(suite, count):
            lines.append(record)
    write_info(begun.path, info)
    return folder


def _write_lines(path: Path, cases: Iterator[Case]) -> None:
    with path.open("wb") as file:
        file.writelines(msgspec.json.encode(case) + b"\n" for case in cases)


def _training_case(number: int, text: str, label: str) -> Case:
    return Case(f"train-{number}", {"message": text}, label)


def _case(row: GridCase) -> Case:
    return Case(row.id, dict(row.input), row.expected, row.group, dict(row.tags))


def _records(suite: Suite, count: int) -> Iterator[Record]:
    cases = suite.splits["test"]
    planner = ArmPlanner(suite, cases, range(len(cases)))
    prompts = [
        (
            name,
            _Prompt(planner.plan(suite.arms[name], 1).ask, Replicate(*suite.arms[name].shot_seeds)),
        )
        for name in ARMS
    ]
    for row in synthetic_cases(count):
        case = _case(row)
        digests = case.input_digest, case.expected_digest
        for (name, prompt), (reply,) in zip(prompts, row.replies, strict=True):
            yield _record(name, prompt, case, digests, reply)


class _Prompt:
    """The prompts of one arm: made once by its template, with a mark where the message stands."""

    def __init__(self, ask: Ask, replicate: Replicate) -> None:
        self.replicate = replicate
        marked = Case("marked", {"message": _MARK}, None)
        self._request, self.shots = ask(marked, marked.input_digest, replicate)
        self._before: Sequence[Message] = self._request.messages[:-1]
        self._last = self._request.messages[-1]

    def key(self, message: str) -> str:
        text = str(self._last.content).replace(_MARK, message)
        messages = (*self._before, Message(self._last.role, text))
        asked: Request = msgspec.structs.replace(self._request, messages=messages)
        return request_key(asked)


def _record(
    arm: str, prompt: _Prompt, case: Case, digests: tuple[str, str], reply: GridReply
) -> Record:
    answer = Answer(
        assistant(reply.text or ""),
        usage=reply.usage,
        model=reply.model,
        latency=reply.latency or 0.0,
    )
    return Record(
        arm=arm,
        case=case.id,
        input_digest=digests[0],
        outcome=reply.outcome,
        exchanges=(Exchange(prompt.key(case.input["message"]), answer),),
        replicate=prompt.replicate,
        shots=prompt.shots,
        scores={"label": Score(reply.value or 0.0, reply.extracted)},
        group=case.group,
        tags=case.tags,
        label=case.expected,
        expected_digest=digests[1],
    )
