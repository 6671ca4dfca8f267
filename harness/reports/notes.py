"""A run and its standings in, the sentences under its tables out. Pure.

Warnings come first and begin with `WARNING`, so that no renderer needs a colour for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.analysis.columns import NO_CODE, ArmColumns
from harness.analysis.interval import MIN_CLUSTERS
from harness.analysis.summary import Summary
from harness.reports.standing import Standing
from harness.reports.wording import model_name, one_line
from harness.text.wording import counted, listing
from harness.values.leaks import LeakReport
from harness.values.run import RunInfo
from harness.values.score import INFRASTRUCTURE

WARNING = "Warning: "
_LONGEST_REASON = 160
_CASES_NAMED = 5


def accuracy_notes(info: RunInfo, lines: Sequence[Standing]) -> list[str]:
    """What a reader must know to trust the accuracies, warnings first."""
    return [
        *_warned(_quality_warnings(info, lines)),
        *_subset_notes(info),
        *_selection_notes(info),
        *_error_notes(lines),
        *_interval_notes(info, lines),
        *_mode_notes(info, lines),
        *_model_notes(lines),
    ]


def is_stale(info: RunInfo) -> bool:
    """Whether the chosen arm, or what decides scores, is no longer what was chosen by."""
    selection = info.selection
    if selection is None or selection.arm not in info.arms:
        return False
    then = selection.arms[selection.arm].measured
    return (then.arm, then.scoring) != (info.arms[selection.arm].digest, info.scoring_digest)


def warnings(info: RunInfo, lines: Sequence[Standing]) -> list[str]:
    """Everything that makes the run less than it seems."""
    return _warned([*_quality_warnings(info, lines), *_unknown_usage(lines)])


def usage_notes(lines: Sequence[Standing]) -> list[str]:
    """Which token counts are unknown, estimated or not the whole story."""
    notes = _warned(_unknown_usage(lines))
    for line, summary in _shown(lines):
        if summary.tokens.estimated:
            replies = counted(summary.tokens.estimated, "reply")
            notes.append(
                f"~ marks an estimate: the server counted no tokens of {replies} of {line.name}."
            )
    if any(summary.attempts > summary.rows for _, summary in _shown(lines)):
        notes.append(
            "Tokens and latency are those of the last attempt for each reply; what failed "
            "attempts used is unknown."
        )
    return notes


def replicate_noun(columns: ArmColumns) -> str:
    """What tells an arm's replicates apart: 'shot seed', 'trial', or 'replicate' for both."""
    seeds = len({replicate.shot_seed for replicate in columns.replicates})
    trials = len({replicate.trial for replicate in columns.replicates})
    if seeds > 1 and trials > 1:
        return "replicate"
    return "shot seed" if seeds > 1 else "trial"


def _warned(texts: Iterable[str]) -> list[str]:
    return [WARNING + text for text in texts]


def _quality_warnings(info: RunInfo, lines: Sequence[Standing]) -> list[str]:
    return [
        *_status_warnings(info),
        *_leak_warnings(info),
        *_gap_warnings(lines),
        *_failure_reasons(lines),
        *_mixed_models(lines),
        *_few_groups(lines),
    ]


def _shown(lines: Iterable[Standing]) -> list[tuple[Standing, Summary]]:
    return [(line, line.shown) for line in lines if line.shown]


def _status_warnings(info: RunInfo) -> list[str]:
    texts = {
        "limited": f"this run was limited to {counted(info.limit or info.cases, 'case')}; it "
        "decides nothing.",
        "budget": "this run stopped at its budget, all arms at the same cases of a seeded order; "
        "the shares are unbiased but can decide nothing.",
        "interrupted": "this run was interrupted: the numbers are of the cases finished so far, "
        "which may differ by arm; --resume continues it.",
        "running": "this run is not finished, or was killed; --resume continues it.",
    }
    return [texts[info.status]] if info.status in texts else []


def _leak_warnings(info: RunInfo) -> list[str]:
    """Arms that were asked what they had met before, or of which nobody can say."""
    excluded = frozenset(info.excluded)
    found = arms_by_text(
        (name, _leaks(info, cases))
        for name, report in _leak_reports(info)
        if (cases := [case for case in report.cases if case not in excluded])
    )
    unknown = arms_by_text(
        (name, one_line(report.reason, _LONGEST_REASON))
        for name, report in _leak_reports(info)
        if report.status == "unknown"
    )
    return [
        *(f"leaks into {listing(names)}: {text}." for text, names in found.items()),
        *(f"leaks into {listing(names)} are unknown: {text}." for text, names in unknown.items()),
    ]


def _leaks(info: RunInfo, cases: Sequence[str]) -> str:
    """How many cases, the first few ids, and what to do."""
    shown = [one_line(case) for case in cases[:_CASES_NAMED]]
    more = [f"{len(cases) - len(shown):,} more"] if len(cases) > len(shown) else []
    return (
        f"{counted(len(cases), 'case')} of the {info.split} split had been learned from or shown "
        f"({listing([*shown, *more])}); --clean-subset leaves out what leaked"
    )


def _leak_reports(info: RunInfo) -> list[tuple[str, LeakReport]]:
    return [(name, arm.leaks) for name, arm in info.arms.items() if arm.leaks is not None]


def _subset_notes(info: RunInfo) -> list[str]:
    """Which cases a clean subset leaves out, and because of whom."""
    excluded = frozenset(info.excluded)
    if not excluded:
        return []
    counts = [
        (name, sum(case in excluded for case in report.cases))
        for name, report in _leak_reports(info)
    ]
    parts = [f"{count:,} leaked into {name}" for name, count in counts if count]
    whole = "" if info.limit else f" of {info.cases + len(excluded):,}"
    return [f"Clean subset: {info.cases:,}{whole} cases ({listing(parts)})."]


def _gap_warnings(lines: Iterable[Standing]) -> list[str]:
    found = []
    for line in lines:
        if line.gap:
            place = f"{len(line.columns):,} of {counted(line.info.planned, 'reply')}"
            reason = f" ({one_line(line.info.ended, _LONGEST_REASON)})" if line.info.ended else ""
            found.append(f"{line.name} {_HOW[line.gap]} {place}{reason}; no numbers are shown.")
    return found


_HOW = {
    "ended early": "ended early after",
    "not run": "was not run: it has",
    "incomplete": "is incomplete: it has",
}


def _failure_reasons(lines: Iterable[Standing]) -> list[str]:
    """The first reason of each kind of failure, for arms that do not end with one already."""
    return [
        f"{line.name} had failures of the kind {kind}, the first: "
        f"{one_line(detail, _LONGEST_REASON) or 'no reason was given'}."
        for line in lines
        if not line.info.ended
        for kind, detail in line.info.failures.items()
    ]


def _mixed_models(lines: Iterable[Standing]) -> list[str]:
    return [
        f"{line.name} was answered by different models: {listing(models)}."
        for line in lines
        if len(models := _models(line)) > 1
    ]


def _few_groups(lines: Iterable[Standing]) -> list[str]:
    counts = [s.clusters for line, s in _shown(lines) if _grouped(line) and s.clusters > 1]
    if not counts or min(counts) >= MIN_CLUSTERS:
        return []
    few = counted(min(counts), "group")
    return [f"{few} are few; below {MIN_CLUSTERS} an interval is rough and decides nothing."]


def _unknown_usage(lines: Iterable[Standing]) -> list[str]:
    return [
        f"{counted(summary.tokens.unknown, 'reply')} of {line.name} came without usage: "
        "their tokens are unknown."
        for line, summary in _shown(lines)
        if summary.tokens.unknown and line.info.kind != "classical"
    ]


def _selection_notes(info: RunInfo) -> list[str]:
    """How many arms were tried on the test split, and which of them carries the claim."""
    several = info.split == "test" and len(info.arms) > 1
    return [_selection(info)] if several else []


def _selection(info: RunInfo) -> str:
    selection = info.selection
    if selection is None:
        return (
            f"{len(info.arms):,} arms were tried on this split and none was chosen on validation "
            "beforehand: the best of several looks better than it is (harness select)."
        )
    where = f"among {counted(len(selection.arms), 'arm')} on {selection.split} ({selection.date})"
    if selection.arm not in info.arms:
        return (
            f"{selection.arm} was chosen {where} and is not in this run: all its rows are "
            "descriptive."
        )
    if is_stale(info):
        return (
            f"{selection.arm} was chosen {where}, and it or the scoring has changed since: the "
            "selection is of an older state and no row carries the claim (harness select)."
        )
    known = min(info.arms[selection.arm].recorded, default=selection.date) < selection.date
    late = ", after its replies to this split had been recorded" if known else ""
    return (
        f"{selection.arm} carries the claim on this split: chosen {where}{late}; the other rows "
        "are descriptive."
    )


def _error_notes(lines: Iterable[Standing]) -> list[str]:
    """What the column 'errors' adds up, in replies."""
    found = []
    for line, _ in _shown(lines):
        counts = line.columns.outcomes()
        parts = [
            f"{count:,} {outcome.removesuffix('_error')}"
            for outcome, count in counts.items()
            if outcome in INFRASTRUCTURE and count
        ]
        if parts:
            found.append(
                f"Errors of {line.name}, in replies: {listing(parts)}. They count as not correct."
            )
    return found


def _grouped(line: Standing) -> bool:
    return any(code != NO_CODE for code in line.columns.group)


def _interval_notes(info: RunInfo, lines: Sequence[Standing]) -> list[str]:
    shown = _shown(lines)
    methods = arms_by_text((line.name, _method(info, line, summary)) for line, summary in shown)
    if len(methods) == 1:
        return [f"95% interval: {text}." for text in methods]
    return [f"95% interval of {listing(names)}: {text}." for text, names in methods.items()]


def _method(info: RunInfo, line: Standing, summary: Summary) -> str:
    """How `analysis.interval.case_interval` made this arm's interval."""
    if summary.interval is None:
        return "none, because it needs two cases of two groups"
    over = f"Wilson's score interval over {counted(summary.cases, 'case')}"
    averaged = len(summary.replicate_means)
    if averaged:
        replicates = counted(averaged, replicate_noun(line.columns))
        over = f"each case averaged over its {replicates}, then {over}"
    if _grouped(line):
        groups = counted(summary.clusters, "group")
        return f"{over} in {groups}, widened by what cases of a group share"
    return f"{over}, from the spread of their scores" if info.graded else over


def _mode_notes(info: RunInfo, lines: Iterable[Standing]) -> list[str]:
    """Where the replies come from; a classical arm asks nobody."""
    asked = [line for line in lines if line.info.kind != "classical" and len(line.columns)]
    sources = arms_by_text((line.name, _source(info, line)) for line in asked)
    if len(sources) == 1:
        return [f"Replies: {text}." for text in sources]
    return [f"Replies of {listing(names)}: {text}." for text, names in sources.items()]


def _source(info: RunInfo, line: Standing) -> str:
    if not line.info.replayed:
        earlier = " or taken from recordings" if info.mode == "record" else ""
        return f"asked live on {info.started[:10]}{earlier}"
    days = sorted(line.info.recorded)
    if not days:
        return "replayed from recordings"
    when = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    return f"replayed from recordings of {when}"


def _model_notes(lines: Iterable[Standing]) -> list[str]:
    named = arms_by_text(
        (line.name, listing(models)) for line in lines if len(models := _models(line)) == 1
    )
    if not named:
        return []
    parts = [f"{model} ({', '.join(names)})" for model, names in named.items()]
    return [f"Models as the servers named them: {'; '.join(parts)}."]


def _models(line: Standing) -> list[str]:
    if line.info.kind == "classical":
        return []
    return sorted({model_name(model) for model in line.info.served_models if model})


def arms_by_text(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """(arm, text) pairs as text -> its arms, both in order of appearance."""
    grouped: dict[str, list[str]] = {}
    for name, text in pairs:
        grouped.setdefault(text, []).append(name)
    return grouped
