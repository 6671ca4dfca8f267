"""The parts of an Inspect log that are read; what stands beside them is skipped. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.values.imported import LogStatus


class Usage(msgspec.Struct):
    """Tokens; newer versions count what a cache held outside of the input."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    input_tokens_cache_write: int | None = None
    input_tokens_cache_read: int | None = None
    reasoning_tokens: int | None = None


class Message(msgspec.Struct):
    """A turn: text, or parts."""

    role: str = ""
    content: str | list[Any] = ""


class Choice(msgspec.Struct):
    """One answer of a call, and why it ended."""

    message: Message
    stop_reason: str = "unknown"


class Output(msgspec.Struct):
    """What the last call of a sample gave."""

    model: str = ""
    choices: list[Choice] = []
    usage: Usage | None = None
    time: float | None = None
    error: str | None = None


class Score(msgspec.Struct):
    """What a scorer gave: a letter, a number, or a table of them."""

    value: Any = None


class Error(msgspec.Struct):
    """Why a sample ended early."""

    message: str = ""


class Invalidation(msgspec.Struct):
    """Who took a sample back, and why."""

    author: str = ""
    reason: str | None = None


class Limit(msgspec.Struct):
    """The limit that cut a sample off."""

    type: str = ""


class Role(msgspec.Struct):
    """A turn of which only the speaker counts."""

    role: str = ""


class Sample(msgspec.Struct):
    """One sample in one epoch."""

    id: int | str
    input: str | list[Message]
    target: str | list[str] = ""
    epoch: int = 1
    choices: list[str] | None = None
    messages: list[Role] = []
    output: Output = msgspec.field(default_factory=Output)
    scores: dict[str, Score] | None = None
    error: Error | None = None
    invalidation: Invalidation | None = None
    limit: Limit | None = None
    model_usage: dict[str, Usage] = {}
    working_time: float | None = None
    attachments: dict[str, str] = {}


class Config(msgspec.Struct):
    """Which part of the data set was asked: so many, from one to another, or some by id."""

    limit: int | list[int] | None = None
    sample_id: Any = None


class DataSet(msgspec.Struct):
    """How many samples the data set has."""

    samples: int | None = None


class Eval(msgspec.Struct):
    """What was asked of whom."""

    model: str
    task: str = ""
    created: str = ""
    config: Config = msgspec.field(default_factory=Config)
    dataset: DataSet = msgspec.field(default_factory=DataSet)


class Log(msgspec.Struct):
    """A header, with the samples where it is a .json log."""

    eval: Eval
    status: LogStatus = "started"
    samples: list[Sample] | None = None
