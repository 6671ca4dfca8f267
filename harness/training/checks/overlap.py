"""A training file's inputs and the cases of other splits in, leaks between them out. Pure.

`harness.training.leaks` compares; what it is given are the rows that could leak: those equal to a
case but for case and blanks, of a case's group, nearly a case, or that contain one. For small files
that is every row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from harness.text.normalise import fold, plain
from harness.training.checks.alike import near_any
from harness.training.checks.kept import Kept
from harness.training.checks.tally import Tally, finding
from harness.training.leaks import Leak, Learned, find_leaks, find_leaks_in_prompts
from harness.values.finding import Finding, Severity
from harness.values.leaks import LEAK_KINDS

Role = Literal["validation", "test", "shots"]
CONTAINED = 40  # characters; shorter inputs stand within others by chance
ROLE_NAMES: dict[Role, str] = {
    "validation": "the validation split",
    "test": "the test split",
    "shots": "the shot pool",
}
_SEVERITY: dict[Role, Severity] = {"validation": "warning", "test": "error", "shots": "warning"}


class Compared(NamedTuple):
    """A file that the training file is compared with.

    `cases` are its inputs, by line where they have no id; `rows` digests of its rows
    (question, answer) where it is a training file, else empty; `unread` lines of rows that could
    not be read, so that nothing was compared with them.
    """

    role: Role
    file: str
    cases: Sequence[Learned]
    rows: frozenset[tuple[int, int]] = frozenset()
    unread: Sequence[int] = ()


class Found(NamedTuple):
    """Leaks into one compared file, cases that stand within longer inputs, lines that leak."""

    leaks: list[Leak]
    contained: list[Leak]
    lines: list[int]


def overlap(kept: Kept, other: Compared) -> Found:
    """Every leaked case; the `learned` of a leak is a line of the training file."""
    rows = _rows(kept)
    # A file of the same template has lost it on this side only.
    cases = [case._replace(text=_bare(kept, case.text)) for case in other.cases]
    places = sorted(_candidates(rows, cases))
    chosen = [rows[at] for at in places]
    leaks = find_leaks(chosen, cases)
    known = {leak.case for leak in leaks if leak.kind != "group"}
    rest = [case for case in other.cases if case.id not in known]
    prompts = _containing(rows, rest)
    within = find_leaks_in_prompts(prompts, rest, min_length=CONTAINED) if prompts else []
    contained = [leak for leak in within if leak.kind == "normalised"]
    lines = _leaking_lines(rows, cases, leaks + contained)
    return Found(leaks, contained, lines)


def overlap_findings(found: Found, other: Compared, file: str) -> Iterator[Finding]:
    """One finding for all leaks into one compared file."""
    if not found.leaks and not found.contained:
        return
    strongest: dict[str, str] = {}
    for leak in sorted(found.leaks, key=lambda leak: LEAK_KINDS.index(leak.kind)):
        strongest.setdefault(leak.case, leak.kind)
    for leak in found.contained:
        strongest.setdefault(leak.case, "contained")
    kinds = Counter(strongest.values())
    names = (*LEAK_KINDS, "contained")
    shown = ", ".join(f"{kinds[kind]:,} {kind}" for kind in names if kinds[kind])
    message = (
        f"{len(strongest):,} of {len(other.cases):,} cases of {ROLE_NAMES[other.role]} "
        f"({other.file}) are in the file: {shown}"
    )
    texts = {case.id: case.text for case in other.cases}
    sample = texts.get(next(iter(strongest)), "")
    rows = Tally.of(found.lines, sample)
    yield finding("leak", file, message, rows, severity=_SEVERITY[other.role])


def unread_findings(other: Compared) -> Iterator[Finding]:
    """Rows of the other file that nothing was compared with: leaks into them go unseen."""
    if other.unread or not other.cases:
        count = f"{len(other.unread):,} of {len(other.unread) + len(other.cases):,} rows"
        what = f"{count} of {ROLE_NAMES[other.role]} were not compared: they cannot be read"
        if not other.unread:
            what = f"{ROLE_NAMES[other.role]} has no rows, so that nothing was compared"
        yield finding("not-compared", other.file, what, Tally.of(other.unread))


def same_file_findings(kept: Kept, other: Compared, file: str) -> Iterator[Finding]:
    """Whether the other file has all the rows of this one, in whatever order."""
    if other.rows and other.rows == frozenset(zip(kept.questions, kept.answers, strict=True)):
        message = f"{ROLE_NAMES[other.role]} ({other.file}) has the same rows as the training file"
        yield finding("same-file", file, message)


def _rows(kept: Kept) -> list[Learned]:
    """The kept inputs, named by their lines."""
    rows = [
        Learned(str(kept.lines[at]), text, kept.groups.get(at))
        for at, text in enumerate(kept.inputs)
    ]
    # Beyond the budget a group can still be compared.
    beyond = (at for at in kept.groups if at >= len(rows))
    return rows + [Learned(str(kept.lines[at]), "", kept.groups[at]) for at in beyond]


def _bare(kept: Kept, text: str) -> str:
    bare = kept.wrapping.off(text)
    return text if bare == text else bare.strip()


def _candidates(rows: Sequence[Learned], cases: Sequence[Learned]) -> set[int]:
    folded = {fold(case.text) for case in cases}
    groups = {case.group for case in cases if case.group is not None}
    near = set(near_any([row.text for row in rows], [case.text for case in cases]).values())
    return near | {
        at for at, row in enumerate(rows) if row.group in groups or fold(row.text) in folded
    }


def _containing(rows: Sequence[Learned], cases: Sequence[Learned]) -> list[Learned]:
    """Rows longer than a case that hold the beginning of its longest line."""
    longest = (plain(max(case.text.split("\n"), key=len)) for case in cases)
    starts = {line[:CONTAINED] for line in longest if len(line) >= CONTAINED}
    wanted = _Beginnings(starts)
    return [row for row in rows if len(row.text) > CONTAINED and wanted.in_text(plain(row.text))]


class _Beginnings:
    """Looks for any of many texts of CONTAINED characters in a text, all places at once."""

    def __init__(self, beginnings: Iterable[str]) -> None:
        self._beginnings = frozenset(beginnings)

    def in_text(self, text: str) -> bool:
        if not self._beginnings or len(text) < CONTAINED:
            return False
        at = 0
        while at >= 0:
            if text[at : at + CONTAINED] in self._beginnings:
                return True
            blank = text.find(" ", at)
            at = blank + 1 if blank >= 0 else -1
        return False


def _leaking_lines(
    rows: Sequence[Learned], cases: Sequence[Learned], leaks: Sequence[Leak]
) -> list[int]:
    """Every line that leaks, not only the first one for each case."""
    named = {leak.learned for leak in leaks if leak.kind != "group"}
    shared = {leak.case for leak in leaks}
    texts = {fold(case.text) for case in cases if case.id in shared}
    groups = {case.group for case in cases if case.group is not None}
    return [
        int(row.id)
        for row in rows
        if row.id in named or row.group in groups or (row.text and fold(row.text) in texts)
    ]
