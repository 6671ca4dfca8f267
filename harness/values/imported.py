"""What another tool's log says, in one shape for all of them: samples with their replies. Pure."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from harness.values.reply import Answer, Reply

SERVER = "imported"
"""Where imported replies are said to come from: no server of ours, and nobody to ask again."""

LogStatus = Literal["success", "cancelled", "error", "started"]
"""How the other tool's run ended; `started` is one that nobody ended."""


class ImportedSample(msgspec.Struct, frozen=True, kw_only=True):
    """One reply of another tool to one case. The scores that it was given stand in the answer.

    `trial` counts the repetitions of a case from 0. `line` is the line or number of the sample in
    its file, 0 where there is none; `day` (YYYY-MM-DD) is of the reply, where the log says so.
    """

    id: str
    input: dict[str, Any]
    expected: Any
    reply: Reply
    trial: int = 0
    group: str | None = None
    tags: dict[str, str] = {}
    line: int = 0
    day: str = ""

    @property
    def scores(self) -> dict[str, float]:
        """What the other tool gave the answer; nothing for a failure."""
        return self.reply.scores if isinstance(self.reply, Answer) else {}


class ImportedLog(msgspec.Struct, frozen=True, kw_only=True):
    """One arm of another tool's run: one model, one prompt, one file.

    `arm` is the name it would have here. `started` is ISO 8601, as far as it is known. `limit` is
    how many cases the other tool took of more. `notes` say what a reader must know of the replies.
    """

    tool: str
    file: str
    arm: str
    model: str
    samples: tuple[ImportedSample, ...]
    status: LogStatus = "success"
    started: str = ""
    limit: int | None = None
    notes: tuple[str, ...] = ()


class ArmImport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one arm. `cases` of the suite's it has replies to, `failures` among `replies`.

    `recorded` says whether its replies are fixtures; `reason` why they are not, so that there is
    only the run (a folder). `given` is the mean of the other tool's score, None where it has none;
    `accuracy` is the share of correct replies by the suite's scorer, failures among the others.
    Cases weigh equally in both.
    """

    arm: str
    model: str
    tool: str
    files: tuple[str, ...]
    status: LogStatus
    cases: int
    replies: int
    failures: int
    trials: int
    recorded: bool
    reason: str = ""
    run: str = ""
    given: float | None = None
    accuracy: float | None = None
    notes: tuple[str, ...] = ()


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that our scorer judges in another way than the other tool did."""

    arm: str
    case: str
    trial: int
    ours: float
    given: float
    reply: str
    reason: str


class Rescored(msgspec.Struct, frozen=True, kw_only=True):
    """How often our `scorer` says what the other tool's `score` said, with the first who differ."""

    scorer: str
    score: str
    equal: int
    compared: int
    disagreements: tuple[Disagreement, ...] = ()


class SuiteImport(msgspec.Struct, frozen=True, kw_only=True):
    """A suite that logs became, or were added to.

    `scorer` judges its cases, `score` is the other tool's score that was looked at.
    """

    suite: str
    folder: str
    created: bool
    cases: int
    scorer: str
    score: str
    arms: tuple[ArmImport, ...]
    rescored: Rescored | None = None
