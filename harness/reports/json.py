"""A run in, a JSON-ready dict with stable keys out, in full precision; unknown is null. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.analysis.columns import ArmColumns
from harness.analysis.interval import Interval
from harness.analysis.summary import Summary, Tokens, slices
from harness.reports.labels import confusions, label_scores
from harness.reports.notes import WARNING, is_stale, warnings
from harness.reports.prices import bills_of, cost_json, cost_warnings
from harness.reports.standing import Standing, standings
from harness.reports.table import nothing_known
from harness.reports.training import training_json
from harness.reports.wording import natural_key
from harness.values.leaks import LeakReport
from harness.values.run import RunInfo

Json = dict[str, Any]


def run_json(info: RunInfo, arms: Mapping[str, ArmColumns]) -> Json:
    """Everything that the tables show, as numbers.

    Shares are in [0, 1], latencies in seconds. `mean` is the accuracy, or the mean score when
    `graded`. `state` is 'complete', or says in words why `mean` and what follows from it are null.
    `excluded` are the cases that a clean subset leaves out. `selection` is the arm that was chosen
    on validation; null where none was, and on other splits than test. An arm's `cost` is null
    without a price, and its amounts are where the usage of a reply is unknown.
    """
    lines = standings(info, arms)
    bills = {bill.line.name: bill for bill in bills_of(info, lines)}
    found = [text.removeprefix(WARNING) for text in warnings(info, lines)]
    return {
        "run": info.id,
        "suite": info.suite,
        "title": info.title,
        "split": info.split,
        "mode": info.mode,
        "status": info.status,
        "cases": info.cases,
        "excluded": list(info.excluded),
        "scorers": dict(info.scorers),
        "graded": info.graded,
        "warnings": [*found, *cost_warnings(list(bills.values()))],
        "selection": _selection(info),
        "trainings": training_json(info),
        "arms": {
            line.name: {**_arm(info, line), "cost": cost_json(bills.get(line.name))}
            for line in lines
        },
    }


def _selection(info: RunInfo) -> Json | None:
    """`of` is how many arms it was chosen among; `stale` says that it or the scoring changed."""
    selection = info.selection
    if selection is None:
        return None
    return {
        "arm": selection.arm,
        "date": selection.date,
        "of": len(selection.arms),
        "stale": is_stale(info),
    }


def _arm(info: RunInfo, line: Standing) -> Json:
    columns = line.columns
    return {
        "kind": line.info.kind,
        "digest": line.info.digest,
        "model": line.info.model,
        "training": line.info.training or None,
        "served_models": list(line.info.served_models),
        "replayed": line.info.replayed,
        "recorded": list(line.info.recorded),
        "state": line.gap or "complete",
        "ended": line.info.ended or None,
        "leaks": _leaks(line.info.leaks),
        "planned": line.info.planned,
        "replies": len(columns),
        "cases": line.summary.cases if line.summary else 0,
        "outcomes": {str(outcome): count for outcome, count in columns.outcomes().items()},
        **_quality(info, line),
        **_taken(line.summary),
    }


def _leaks(report: LeakReport | None) -> Json | None:
    """Which cases an arm had met before; null for an arm that learned from nothing."""
    if report is None:
        return None
    return {
        "status": report.status,
        "compared": report.compared,
        "counts": dict(report.counts),
        "cases": list(report.cases),
        "reason": report.reason or None,
    }


def _quality(info: RunInfo, line: Standing) -> Json:
    summary = line.shown
    if summary is None:
        names = ("mean", "interval", "clusters", "accuracy", "rates", "replicates", "slices")
        return dict.fromkeys((*names, "labels", "macro_f1", "confusions"))
    return {
        "mean": summary.mean,
        "interval": _interval(summary.interval),
        "clusters": summary.clusters,
        "accuracy": summary.accuracy,
        "rates": {str(outcome): rate for outcome, rate in summary.rates.items()},
        "replicates": _replicates(line.columns, summary),
        "slices": _slices(info, line.columns),
        **_labels(line.columns),
    }


def _interval(interval: Interval | None) -> Json | None:
    return None if interval is None else {"low": interval.low, "high": interval.high}


def _replicates(columns: ArmColumns, summary: Summary) -> list[Json]:
    if not summary.replicate_means:
        return []
    pairs = zip(sorted(columns.replicates), summary.replicate_means, strict=True)
    return [{"shot_seed": r.shot_seed, "trial": r.trial, "mean": value} for r, value in pairs]


def _slices(info: RunInfo, columns: ArmColumns) -> list[Json]:
    return [
        {
            "tag": tag,
            "value": value,
            "cases": summary.cases,
            "mean": summary.mean,
            "interval": _interval(summary.interval),
        }
        for (tag, value), summary in slices(columns, graded=info.graded).items()
    ]


def _labels(columns: ArmColumns) -> Json:
    pairs = confusions(columns)
    if not pairs:
        return {"labels": None, "macro_f1": None, "confusions": None}
    scores = label_scores(pairs)
    ordered = sorted(pairs, key=lambda pair: (natural_key(pair[0]), natural_key(pair[1] or "")))
    return {
        "labels": [
            {
                "label": score.label,
                "precision": score.precision,
                "recall": score.recall,
                "f1": score.f1,
                "support": score.support,
            }
            for score in scores.labels
        ],
        "macro_f1": scores.macro_f1,
        "confusions": [
            {"expected": pair[0], "answered": pair[1], "replies": pairs[pair]} for pair in ordered
        ],
    }


def _taken(summary: Summary | None) -> Json:
    if summary is None:
        return {"tokens": None, "attempts": 0, "latency": None}
    return {
        "tokens": _tokens(summary.tokens),
        "attempts": summary.attempts,
        "latency": {"p50": summary.latency.p50, "p95": summary.latency.p95},
    }


def _tokens(tokens: Tokens) -> Json:
    """Sums over the replies whose usage is known; null where none is."""
    sums = {
        "input": tokens.input,
        "cached": tokens.cached,
        "output": tokens.output,
        "reasoning": tokens.reasoning,
    }
    known: Json = dict.fromkeys(sums) if nothing_known(tokens) else dict(sums)
    return {
        **known,
        "per_reply": None if tokens.unknown else tokens.per_reply,
        "unknown_replies": tokens.unknown,
        "estimated_replies": tokens.estimated,
    }
