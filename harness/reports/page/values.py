"""What a page is made from: the report above, and the cases with every arm's replies. Pure.

Every text here is foreign: it may hold markup, control and direction marks, broken Unicode. Only
`Figure.svg` is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from harness.reports.figures.figure import Figure
from harness.reports.table import Table
from harness.values.reply import Usage
from harness.values.request import Message
from harness.values.score import Outcome


class Fact(msgspec.Struct, frozen=True):
    """One line about how the numbers came to be: 'models', then each of them."""

    name: str
    values: tuple[str, ...]


class Link(msgspec.Struct, frozen=True):
    """Another page beside this one. `target` is a relative path, such as 'orders.html'."""

    text: str
    target: str


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter of the page. `id` is its anchor: letters, digits, '-' and '_', unique in the page.

    'main', 'summary' and 'cases' are taken. `folded` are tables that few readers need: only their
    titles are seen until they are opened.
    """

    id: str
    title: str
    intro: str = ""
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    folded: tuple[Table, ...] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Everything above the cases.

    `finding` is the sentence people came for. `verdict` is 'promote', 'reject', 'inconclusive' or
    'invalid', and empty without a gate. `warnings` may begin with `notes.WARNING` or not. `name`,
    such as that of the suite, begins the names of files that are saved from the page.
    """

    title: str
    finding: str
    name: str = ""
    subtitle: str = ""
    verdict: str = ""
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()


class GridArm(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the case grid. `graded`: scores between 0 and 1 are usual.

    `currency` is what the costs of its replies are in.
    """

    name: str
    kind: str
    graded: bool = False
    currency: str = "USD"


class GridReply(msgspec.Struct, frozen=True, kw_only=True):
    """One reply of one arm to one case.

    `value` is what arms are compared by, in [0, 1]; None where there is none. `scores` has every
    scorer by name, the primary first. `text` is what was said, or with `failed` how the asking
    failed; None where it was not kept. `extracted` is the answer as the scorer read it, as text or
    JSON. `usage`, `cost` (in the arm's currency) and `latency` (seconds) are None where unknown.
    `prompt` is None where what was sent is not known any more.
    """

    outcome: Outcome
    value: float | None
    text: str | None
    failed: bool = False
    extracted: str | None = None
    reason: str = ""
    scores: Mapping[str, float] = msgspec.field(default_factory=dict)
    finish: str = ""
    model: str = ""
    usage: Usage | None = None
    cost: float | None = None
    latency: float | None = None
    attempts: int = 1
    shots: tuple[str, ...] = ()
    shot_seed: int = 0
    trial: int = 0
    prompt: tuple[Message, ...] | None = None


class GridCase(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the case grid: `replies` has one tuple per arm, in the arms' order.

    An arm without replies to the case has an empty tuple; one with several has one per replicate.
    """

    id: str
    input: Mapping[str, Any]
    expected: Any
    group: str | None = None
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    replies: tuple[tuple[GridReply, ...], ...]
