"""A page's sides in, what was compared on what, when and with which models out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from harness.reports.page.values import Fact
from harness.reports.side_by_side.shown import Shown
from harness.reports.wording import UNKNOWN, model_name, one_line
from harness.text.wording import counted, listing
from harness.values.run import ArmInfo, RunInfo
from harness.values.training import Training

_SHORT = 12


def facts(shown: Shown) -> tuple[Fact, ...]:
    """In the order of the questions: what, on what, who answered, when, judged how."""
    return tuple(fact for fact in _facts(shown) if fact.values)


def _facts(shown: Shown) -> Iterator[Fact]:
    compared, runs = shown.compared, _runs(shown)
    yield Fact("Arms", tuple(_arms(shown)))
    yield Fact("Cases", (f"{len(compared.shared.common):,} of the {compared.split} split",))
    yield Fact("Models, as the servers named them", tuple(_by_text(shown, _model)))
    yield Fact("Replies", tuple(_by_text(shown, _replies)))
    yield Fact("Training", tuple(_trainings(runs)))
    yield Fact("Judged by", tuple(dict.fromkeys(_scorers(info) for info in runs)))
    yield Fact("Prices", tuple(dict.fromkeys(_prices(runs))))
    yield Fact("Digests", tuple(dict.fromkeys(_digests(info) for info in runs)))
    yield Fact("Made from", tuple(dict.fromkeys(_origin(info) for info in runs)))


def _arms(shown: Shown) -> Iterator[str]:
    for side in shown.compared.sides:
        known = shown.infos.get(side.name)
        kind = known[1].kind.replace("_", "-") if known else "baseline"
        repeats = f", {side.replicates} replies per case" if side.replicates > 1 else ""
        reference = ", the reference" if side.name == shown.compared.reference else ""
        yield f"{one_line(side.name)} ({kind}{repeats}{reference})"


def _model(info: RunInfo, arm: ArmInfo) -> str:
    """Who answered, as the server called it; a classical arm is its own model."""
    del info
    if arm.kind == "classical":
        return f"{one_line(arm.model)}, in this process"
    names = sorted({model_name(name) for name in arm.served_models if name})
    return listing(names) if names else f"{UNKNOWN}, asked for {model_name(arm.model)}"


def _replies(info: RunInfo, arm: ArmInfo) -> str:
    """Recorded when, or asked live when."""
    if arm.kind == "classical":
        return f"computed on {info.started[:10]}"
    if not arm.replayed:
        return f"asked live on {info.started[:10]}"
    days = sorted(arm.recorded)
    if not days:
        return "replayed from recordings of an unknown day"
    return f"recorded {days[0]}" if days[0] == days[-1] else f"recorded {days[0]} to {days[-1]}"


def _by_text(shown: Shown, text_of: Callable[[RunInfo, ArmInfo], str]) -> Iterator[str]:
    """What holds of each side; sides of which the same holds share a text."""
    found: dict[str, list[str]] = {}
    for name, (info, arm) in shown.infos.items():
        found.setdefault(text_of(info, arm), []).append(one_line(name))
    for text, names in found.items():
        yield text if len(found) == 1 else f"{text} ({listing(names)})"


def _trainings(runs: Iterable[RunInfo]) -> Iterator[str]:
    told = {name: training for info in runs for name, training in info.trainings.items()}
    for name, training in told.items():
        yield f"{one_line(name)}: {_training(training)}"


def _training(training: Training) -> str:
    parts = [f"{training.method} on {model_name(training.base)}"]
    if training.train is not None and training.train.rows is not None:
        parts.append(counted(training.train.rows, "row"))
    if training.finished:
        parts.append(f"finished {training.finished[:10]}")
    if training.shutdown:
        parts.append(f"stops answering {training.shutdown}")
    return ", ".join(parts)


def _scorers(info: RunInfo) -> str:
    named = (f"{one_line(name)} (version {number})" for name, number in info.scorers.items())
    return ", beside it ".join(named)


def _prices(runs: Iterable[RunInfo]) -> Iterator[str]:
    for info in runs:
        for model, price in info.prices.items():
            yield f"{one_line(model)}: {one_line(price.source)}, {price.as_of} ({price.currency})"


def _digests(info: RunInfo) -> str:
    parts = {
        "cases": info.inputs_digest,
        "expected": info.expected_digest,
        "scoring": info.scoring_digest,
    }
    return ", ".join(f"{what} {digest[:_SHORT]}" for what, digest in parts.items() if digest)


def _origin(info: RunInfo) -> str:
    commit = f", commit {info.commit[:_SHORT]}" if info.commit else ""
    versions = ", ".join(f"{one_line(name)} {text}" for name, text in info.versions.items())
    what = "a replay" if info.mode == "replay" else f"run {one_line(info.id)}"
    return f"{what} of {info.started[:10]} ({versions}{commit})"


def _runs(shown: Shown) -> list[RunInfo]:
    return list({info.id: info for info, _ in shown.infos.values()}.values())
