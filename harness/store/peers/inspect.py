"""Inspect logs: an .eval archive or a .json file in, one log out.

Read are: status, model, time, limit, and of each sample id, epoch, input, choices, target, the last
assistant text, why it ended, tokens, seconds, scores and the error. Not read: tools, events, store,
metadata, configuration, message histories. Format: inspect_ai, `log/_log.py` and `log/_recorders`.
"""

from __future__ import annotations

from typing import Any

from harness.errors import DataError, Problem
from harness.store.peers.inspect_archive import read_archive, read_header
from harness.store.peers.inspect_shapes import Log, Message, Sample
from harness.store.peers.reading import (
    arm_name,
    failure,
    natural,
    seconds,
    tokens,
    unit_scores,
)
from harness.store.rows import open_binary
from harness.text.wording import counted, listing
from harness.values.imported import ImportedLog, ImportedSample
from harness.values.reply import Answer, Finish, Reply, Usage, assistant

TOOL = "Inspect"
_ATTACHMENT = "attachment://"
_FINISH: dict[str, Finish] = {
    "stop": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool",
    "content_filter": "filter",
}


def read_inspect(location: str) -> list[ImportedLog]:
    """The one log of a file.

    Raises:
        DataError: it is no Inspect log, holds no samples, or more than can be read safely.
    """
    with open_binary(location) as file:
        if file.read(4) == b"PK\x03\x04":
            header, samples = read_archive(location)
        else:
            file.seek(0)
            header = read_header(location, file.read())
            samples = header.samples or []
    if not samples:
        hint = "a log written with log_samples=False has no replies to import"
        raise DataError([Problem(file=location, message="holds no samples", hint=hint)])
    return [_log(location, header, samples)]


def _log(location: str, header: Log, samples: list[Sample]) -> ImportedLog:
    samples.sort(key=lambda sample: (natural(str(sample.id)), sample.epoch))
    unusable: dict[str, int] = {}
    found = []
    for number, sample in enumerate(samples, 1):
        given, left = unit_scores({n: s.value for n, s in (sample.scores or {}).items()})
        for name in left:
            unusable[name] = unusable.get(name, 0) + 1
        found.append(_sample(sample, given, header.eval.model, number))
    model = header.eval.model
    asked = header.eval.dataset.samples
    cases = len({sample.id for sample in samples})
    chosen = header.eval.config.limit is not None or header.eval.config.sample_id is not None
    cut = chosen and (asked is None or cases < asked)
    return ImportedLog(
        tool=TOOL,
        file=location,
        arm=arm_name(model),
        model=model,
        samples=tuple(found),
        status=header.status,
        started=header.eval.created,
        limit=cases if cut else None,
        notes=(*_turns(samples), *_unscored(unusable)),
    )


def _sample(sample: Sample, scores: dict[str, float], model: str, number: int) -> ImportedSample:
    texts = sample.attachments
    case: dict[str, Any] = {"input": _input(sample.input, texts)}
    if sample.choices:
        case["choices"] = sample.choices
    return ImportedSample(
        id=str(sample.id),
        input=case,
        expected=sample.target,
        reply=_reply(sample, scores, model),
        trial=max(sample.epoch - 1, 0),
        line=number,
    )


def _reply(sample: Sample, scores: dict[str, float], model: str) -> Reply:
    output = sample.output
    if sample.error is not None:
        return failure(sample.error.message or "the sample ended in an error")
    if (taken_back := sample.invalidation) is not None:
        return failure(f"the sample was invalidated: {taken_back.reason or 'no reason is given'}")
    if not output.choices:
        return failure(output.error or "the log has no output of this sample")
    choice = output.choices[0]
    finish: Finish = _FINISH.get(choice.stop_reason, "other")
    return Answer(
        assistant(_text(choice.message.content, sample.attachments)),
        finish="length" if sample.limit is not None else finish,
        usage=_usage(sample, model),
        model=output.model or model,
        latency=seconds(output.time) or seconds(sample.working_time),
        scores=scores,
    )


def _usage(sample: Sample, model: str) -> Usage | None:
    """Of the one call; of a sample with several, all tokens of the model under test."""
    several = _assistant_turns(sample) > 1
    used = (sample.model_usage.get(model) if several else None) or sample.output.usage
    if used is None:
        return None
    read, written = used.input_tokens_cache_read or 0, used.input_tokens_cache_write or 0
    whole = used.input_tokens
    if used.total_tokens != used.input_tokens + used.output_tokens:
        whole += read + written  # newer versions count the cache outside of the input
    return tokens(
        whole,
        used.output_tokens,
        cached=read,
        cache_write=written,
        reasoning=used.reasoning_tokens,
    )


def _input(value: str | list[Message], texts: dict[str, str]) -> Any:
    if isinstance(value, str):
        return _attached(value, texts)
    return [{"role": turn.role, "content": _text(turn.content, texts)} for turn in value]


def _text(content: str | list[Any], texts: dict[str, str]) -> str:
    """The text of a message; pictures and reasoning are left out."""
    if isinstance(content, str):
        return _attached(content, texts)
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(_attached(part, texts) for part in parts if isinstance(part, str))


def _attached(text: str, texts: dict[str, str]) -> str:
    return texts.get(text.removeprefix(_ATTACHMENT), text) if text.startswith(_ATTACHMENT) else text


def _assistant_turns(sample: Sample) -> int:
    return sum(turn.role == "assistant" for turn in sample.messages)


def _turns(samples: list[Sample]) -> list[str]:
    several = sum(_assistant_turns(sample) > 1 for sample in samples)
    if not several:
        return []
    text = "have several turns: the last assistant text is the reply, the tokens are of all turns"
    return [f"{counted(several, 'sample')} of {len(samples):,} {text}"]


def _unscored(unusable: dict[str, int]) -> list[str]:
    if not unusable:
        return []
    which = listing(f"{name} ({counted(count, 'sample')})" for name, count in unusable.items())
    return [f"scores that are no number from 0 to 1 were left out: {which}"]
