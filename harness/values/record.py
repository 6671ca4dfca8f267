"""A record: what one arm did with one case, as the journal keeps it. Pure."""

from __future__ import annotations

import msgspec

from harness.values.reply import Reply
from harness.values.request import Replicate
from harness.values.score import Outcome, Score


class Exchange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request (by key) and its last reply. `faults` names the failures that were retried.

    `recalled` marks a reply that came from a recording and cost nothing now.
    """

    key: str
    reply: Reply
    faults: tuple[str, ...] = ()
    recalled: bool = False


class Record(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One arm, one case, one replicate. `scores` has one entry per scorer, the primary first.

    `shots` are the ids of the training cases shown. `input_digest` pins the case's input and
    `expected_digest` what it was judged against (journals before 2026-11-28 lack it). `group`,
    `tags` and `label` (the class of the expected value, for scorers that have classes) repeat what
    the case says, so that a journal can be read without its suite.
    """

    arm: str
    case: str
    input_digest: str
    outcome: Outcome
    exchanges: tuple[Exchange, ...]
    replicate: Replicate = Replicate()
    shots: tuple[str, ...] = ()
    scores: dict[str, Score] = {}
    group: str | None = None
    tags: dict[str, str] = {}
    label: str | None = None
    expected_digest: str = ""
