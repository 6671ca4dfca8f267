"""Choose among arms on validation: recordings in, the arm that carries the claim on test out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from harness.analysis.selection import RULE, Chosen, Offer, Rated, choose
from harness.errors import DataError, ReplayMissError, UsageError
from harness.reports.notes import WARNING
from harness.reports.standing import gap_of
from harness.reports.wording import one_line
from harness.store.fixtures import FixtureIndex, fixture_path
from harness.store.rows import is_url
from harness.store.runs import Run
from harness.store.selections import SELECTION_FILE, read_selection, write_selection
from harness.store.suite import Suite
from harness.text.wording import counted, listing
from harness.values.baseline import Selection, Tried
from harness.values.case import UNLABELLED, Split
from harness.values.digest import digest_bytes
from harness.values.training import Training
from harness.workflows.entrants import entrants_of_run
from harness.workflows.lanes import record_command
from harness.workflows.replays import is_recorded, recorded_arms, replayed
from harness.workflows.run import open_suite

CHOOSING: Split = "validation"
LEAST_ARMS = 2

_CASES_NAMED = 5
_DIGITS = 6


@dataclass(frozen=True)
class Selected:
    """What was chosen. `chosen` has the sides, what each takes and what decided.

    `path` is selection.toml; `written` is False for a preview, and where the very same selection
    stands there already: it keeps its day.
    """

    suite: str
    title: str
    selection: Selection
    chosen: Chosen
    path: Path
    written: bool
    notes: tuple[str, ...] = ()


def select(
    suite: str | Path | Suite,
    *,
    arms: Sequence[str] = (),
    split: Split = CHOOSING,
    preview: bool = False,
    today: date | None = None,
) -> Selected:
    """Choose the arm that carries the claim on the test split, by what is recorded on validation.

    Of all arms that can be replayed (or `arms`), the cheapest within one standard error of the
    best. No model is asked. baselines/SUITE/selection.toml says what was chosen and among what;
    with `preview` nothing is written.

    Raises:
        UsageError: another split than validation, fewer than two arms, or nothing is recorded.
        ReplayMissError: replies on validation are not recorded; the message has the command.
        DataError: a file is broken, or cannot be written.
    """
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    _refuse_split(opened, split)
    names, left_out = _tried(opened, tuple(dict.fromkeys(arms)), split)
    with replayed(opened, names, split=split) as run:
        chosen = choose(offers_of(run))
        notes = list(_notes(opened, run, chosen))
    day = (today or datetime.now(UTC).date()).isoformat()
    made = _selection(chosen, split, day)
    folder = opened.settings.baselines / opened.name
    earlier = _earlier(folder)
    same = earlier is not None and made == msgspec.structs.replace(earlier, date=day)
    if not preview and not same:
        write_selection(folder, made)
    return Selected(
        suite=opened.name,
        title=opened.file.title,
        selection=earlier if same and earlier is not None else made,
        chosen=chosen,
        path=folder / SELECTION_FILE,
        written=not preview and not same,
        notes=(*notes, *left_out, *_moved(earlier, made)),
    )


def _refuse_split(suite: Suite, split: Split) -> None:
    reasons: dict[Split, str] = {
        "test": "choosing on the test split makes its numbers too good: the best of several is "
        "best partly by chance",
        "train": "the training split is what arms learned from or are shown",
        UNLABELLED: "nobody knows what is right there",
    }
    if split in reasons:
        raise UsageError(f"{reasons[split]}; choose on validation (--split {CHOOSING})")
    if split not in suite.splits:
        raise UsageError(
            f"{suite.name} has no {split} split to choose on: divide its training file with\n"
            f"    harness data split FILE\n"
            f'and name it in suite.toml: [data] {split} = "data/{split}.jsonl"'
        )


def _tried(
    suite: Suite, named: tuple[str, ...], split: Split
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arms to be compared, and notes on those that are not.

    Raises:
        UsageError: a name is unknown, nothing is recorded, or there is nothing to choose among.
        ReplayMissError: an arm has recordings, and none of this split.
    """
    if unknown := [name for name in named if name not in suite.arms]:
        known = ", ".join(suite.arms)
        raise UsageError(f"{suite.name} has no arm {unknown[0]!r}; arms: {known}")
    recorded = recorded_arms(suite)
    if not named and not recorded:
        command = record_command(suite.name, [], split, 1)
        raise UsageError(f"nothing is recorded for {suite.name}: record it with\n    {command}")
    unheard = [name for name in recorded if not recorded_replies(suite, name, split)]
    lost = [] if named else [name for name in unheard if suite.arms[name].frozen]
    able = [name for name in suite.arms if is_recorded(suite, name) and name not in lost]
    tried = named or tuple(able)
    _refuse_unheard(suite, [name for name in tried if name in unheard], split)
    if len(tried) < LEAST_ARMS:
        raise UsageError(
            f"a choice needs two arms, and there is only {tried[0] if tried else 'none'}: "
            f"record more with\n    {record_command(suite.name, [], split, 1)}"
        )
    return tried, tuple(_left_out(suite, tried, lost, named=bool(named), split=split))


def recorded_replies(suite: Suite, arm: str, split: Split) -> int:
    """How many replies of an arm are recorded on a split."""
    path = fixture_path(suite.fixtures_folder, arm)
    return len(FixtureIndex(path, split=split, frozen=suite.arms[arm].frozen))


def _refuse_unheard(suite: Suite, unheard: Sequence[str], split: Split) -> None:
    if not unheard:
        return
    if frozen := [name for name in unheard if suite.arms[name].frozen]:
        raise UsageError(
            f"arm {frozen[0]} is frozen, and nothing of the {split} split is recorded for it: "
            "choose among others with --arm"
        )
    every = set(unheard) == set(suite.arms)
    command = record_command(suite.name, [] if every else unheard, split, 1)
    raise ReplayMissError(
        f"no reply on the {split} split is recorded for {listing(unheard)}; record it with\n"
        f"    {command}"
    )


def _left_out(
    suite: Suite, tried: Sequence[str], lost: Sequence[str], *, named: bool, split: Split
) -> Iterator[str]:
    rest = [name for name in suite.arms if name not in tried and name not in lost]
    if rest:
        reason = "not among those that were named" if named else "nothing is recorded"
        yield f"Not tried: {listing(rest)} ({reason})."
    if lost:
        yield f"Not tried: {listing(lost)} (frozen, and not recorded on {split})."


def offers_of(run: Run) -> list[Offer]:
    """The arms of a run as a choice sees them."""
    return [
        Offer(
            side=entrant.side,
            kind=run.info.arms[entrant.arm].kind,
            measured=entrant.measured,
            gap=gap_of(run.info, run.info.arms[entrant.arm], len(run.arms[entrant.arm])),
        )
        for entrant in entrants_of_run(run)
    ]


def _selection(chosen: Chosen, split: Split, day: str) -> Selection:
    return Selection(
        arm=chosen.arm,
        split=split,
        date=day,
        rule=RULE,
        cheapest_by=chosen.cheapest_by,
        arms={name: _entry(rated) for name, rated in chosen.rated.items()},
    )


def _entry(rated: Rated) -> Tried:
    """An arm as the file keeps it: in few digits, so that a difference in git is a difference."""
    classical = rated.offer.kind == "classical"
    return Tried(
        mean=_short(rated.mean),
        standard_error=_short(rated.spread.standard_error),
        within=rated.within,
        tokens=None if rated.tokens is None else _short(rated.tokens),
        cost_per_1k=None if classical or rated.cost_per_1k is None else _short(rated.cost_per_1k),
        measured=rated.offer.measured,
    )


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _earlier(folder: Path) -> Selection | None:
    """The selection that stands there; one that cannot be read is replaced."""
    try:
        return read_selection(folder)
    except DataError:
        return None


def _moved(earlier: Selection | None, made: Selection) -> Iterator[str]:
    if earlier is not None and earlier.arm != made.arm:
        yield (
            f"The selection of {earlier.date} chose {earlier.arm}. If its numbers on the test "
            "split were seen since, this choice is not blind to them."
        )


def _notes(suite: Suite, run: Run, chosen: Chosen) -> Iterator[str]:
    """What flatters an arm on this split: cases it had met, a checkpoint taken by their loss."""
    yield from _leak_notes(run)
    by_training: dict[str, list[str]] = {}
    for name in chosen.rated:
        training = run.info.trainings.get(run.info.arms[name].training)
        if training is not None and _took_checkpoint(suite, training):
            by_training.setdefault(run.info.arms[name].training, []).append(name)
    for training_name, names in by_training.items():
        step = run.info.trainings[training_name].chosen_step
        yield (
            f"The checkpoint of {listing(names)} (training {training_name}, step {step:,}) was "
            f"taken by its loss on these very {run.info.split} cases, which flatters it a little "
            "here, and not on the test split."
        )


def _leak_notes(run: Run) -> Iterator[str]:
    by_text: dict[str, list[str]] = {}
    for name, arm in run.info.arms.items():
        if arm.leaks is not None and arm.leaks.cases:
            by_text.setdefault(_leaked(arm.leaks.cases, run.info.split), []).append(name)
        elif arm.leaks is not None and arm.leaks.status == "unknown":
            text = f"are unknown: {one_line(arm.leaks.reason, 160)}"
            by_text.setdefault(text, []).append(name)
    for text, names in by_text.items():
        yield f"{WARNING}leaks into {listing(names)} {text}."


def _leaked(cases: Sequence[str], split: Split) -> str:
    named = [one_line(case) for case in cases[:_CASES_NAMED]]
    more = [f"{len(cases) - len(named):,} more"] if len(cases) > len(named) else []
    return (
        f"flatter the choice: {counted(len(cases), 'case')} of the {split} split had been learned "
        f"from or shown ({listing([*named, *more])})"
    )


def _took_checkpoint(suite: Suite, training: Training) -> bool:
    """Whether a training kept the weights with the lowest loss on the validation split."""
    seen, location = training.validation, suite.file.data.validation
    if training.chosen_step is None or seen is None or location is None:
        return False
    if seen.file == location:
        return True
    if seen.digest is None or is_url(location):
        return False
    return seen.digest == digest_bytes((suite.folder / location).read_bytes())
