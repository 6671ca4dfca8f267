"""Comparisons in, the cases that moved with both replies out: what people read to believe them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.analysis.compared import Moved
from harness.analysis.comparison import Comparison
from harness.store.suite import Suite
from harness.values.case import Case
from harness.values.record import Record
from harness.values.score import Outcome
from harness.workflows.entrants import Entrant
from harness.workflows.replies import final_records, is_reply_of

__all__ = ["Moved", "moved_cases"]

Records = Mapping[str, Sequence[Record]]


def moved_cases(
    suite: Suite, pairs: Sequence[tuple[Entrant, Entrant]], comparisons: Sequence[Comparison]
) -> tuple[tuple[Moved, ...], ...]:
    """The cases that moved, lost ones first; each journal with some is read once for all sides."""
    wanted = {case for found in comparisons for case in (*found.lost, *found.gained)}
    records = _records([entrant for pair in pairs for entrant in pair], wanted)
    split = pairs[0][0].split if pairs else "test"
    about = {case.id: case for case in suite.splits.get(split, ()) if case.id in wanted}
    return tuple(
        tuple(
            [_moved(about, records, before, after, id_, lost=True) for id_ in found.lost]
            + [_moved(about, records, before, after, id_, lost=False) for id_ in found.gained]
        )
        for (before, after), found in zip(pairs, comparisons, strict=True)
    )


def _moved(
    about: Mapping[str, Case],
    records: Mapping[int, Records],
    before: Entrant,
    after: Entrant,
    id_: str,
    *,
    lost: bool,
) -> Moved:
    """A case whose text the suite has changed since is not shown with what was answered before."""
    case = about.get(id_)
    known = case if case is not None and case.digest == before.cases.get(id_) else None
    graded = before.side.graded
    return Moved(
        case=id_,
        input=known.input if known else {},
        expected=known.expected if known else None,
        reference=_telling(records[id(before)].get(id_, ()), graded=graded, best=lost),
        candidate=_telling(records[id(after)].get(id_, ()), graded=graded, best=not lost),
    )


def _telling(records: Sequence[Record], *, graded: bool, best: bool) -> Record | None:
    """The best or worst of the replies to a case; of equal ones that of the first replicate."""

    def worth(record: Record) -> float:
        if not graded:
            return float(record.outcome == Outcome.CORRECT)
        return next((score.value for score in record.scores.values()), 0.0)

    ordered = sorted(records, key=lambda record: record.replicate)
    choose = max if best else min
    return choose(ordered, key=worth) if ordered else None


def _records(entrants: Iterable[Entrant], wanted: set[str]) -> dict[int, dict[str, list[Record]]]:
    """The records of the wanted cases, by side and case.

    A side is known by its identity: an arm and its own baseline have one name.
    """
    found: dict[int, dict[str, list[Record]]] = {}
    by_journal: dict[str, list[Entrant]] = {}
    for entrant in {id(entrant): entrant for entrant in entrants}.values():
        found[id(entrant)] = {}
        if entrant.run is not None:
            by_journal.setdefault(str(entrant.run.path), []).append(entrant)
    for readers in by_journal.values():
        run = readers[0].run
        for record in final_records(run) if run is not None and wanted else ():
            if record.case in wanted:
                for entrant in readers:
                    if is_reply_of(record, entrant.arm, entrant.shot_seed):
                        found[id(entrant)].setdefault(record.case, []).append(record)
    return found
