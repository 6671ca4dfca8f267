"""The chapters of the page between its finding and its cases: pictures and tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from harness.analysis.columns import ArmColumns
from harness.analysis.cost.arm import ArmCost
from harness.analysis.cost.costed import Costed
from harness.reports.compare.methods import methods_table
from harness.reports.compare.repeats import repeats_table, selection_table
from harness.reports.compare.slices import outcomes_table
from harness.reports.compare.spend import cost_table as compared_cost_table
from harness.reports.compare.spend import tokens_table
from harness.reports.cost.figure import cost_figure
from harness.reports.cost.scenarios import scenario_table
from harness.reports.cost.tables import cost_tables
from harness.reports.detail import confusion_table, label_table
from harness.reports.figures.accuracy import accuracy_figure
from harness.reports.figures.confusion import confusion_figure
from harness.reports.figures.cost_accuracy import cost_accuracy_figure
from harness.reports.figures.differences import differences_figure, slice_differences_figure
from harness.reports.figures.figure import Figure
from harness.reports.figures.latency import latency_figure
from harness.reports.figures.outcomes import outcomes_figure
from harness.reports.figures.slices import slices_figure
from harness.reports.gate.tables import checks_table
from harness.reports.page.values import Section
from harness.reports.side_by_side.shown import Held, Shown
from harness.reports.table import Table
from harness.reports.training import training_table
from harness.reports.wording import one_line
from harness.text.wording import listing

_CLASSICAL = "classical"
_NARROW = 2


def sections(shown: Shown) -> tuple[Section, ...]:
    """In the order of the questions; a chapter without anything to show is left out."""
    return tuple(one for one in _sections(shown) if one.figures or one.tables)


def _sections(shown: Shown) -> Iterator[Section]:
    compared = shown.compared
    noun = "Score" if compared.graded else "Accuracy"
    if shown.gate is not None:
        checks = checks_table(shown.gate.decision)
        yield _section("gate", "The gate", tables=[checks], intro=_deployed(shown, shown.gate))
    yield _section("accuracy", noun, [accuracy_figure(compared), slices_figure(compared)])
    yield _section("differences", "Differences on the same cases", _differences(shown))
    yield _section(
        "outcomes",
        "What became of the replies",
        [outcomes_figure(compared)],
        folded=[outcomes_table(compared, c) for c in compared.comparisons if not c.same_replies],
    )
    yield _section("cost", "Tokens and money", _money(shown), _spend(shown))
    figures, lists = _confusions(shown)
    labels = [label_table(name, columns) for name, columns in shown.columns.items()]
    yield _section("confusions", "What is taken for what", figures, lists, folded=labels)
    yield _section("latency", "Time", [latency_figure(_timed(shown), among=_names(shown))])
    yield _section("training", "Training", shown.curves, _trainings(shown))
    yield _section("repeats", "Repeats and other methods", tables=_repeats(shown))


def _deployed(shown: Shown, held: Held) -> str:
    """Why the gate and the pictures may differ: it judges one seed, they average all replicates."""
    repeated = {side.name for side in shown.compared.sides if side.replicates > 1}
    seeds = [
        f"seed {one.shot_seed} of {one_line(one.arm)}"
        for one in (held.decision.incumbent, held.decision.candidate)
        if one.arm in repeated
    ]
    if not seeds:
        return ""
    return (
        f"A gate judges what is deployed, which is one reply per case: {listing(seeds)}, first "
        "trial. Pictures and other tables average all replicates, so that their numbers differ."
    )


def _section(
    id_: str,
    title: str,
    figures: Iterable[Figure | None] = (),
    tables: Iterable[Table | None] = (),
    *,
    folded: Iterable[Table | None] = (),
    intro: str = "",
) -> Section:
    return Section(
        id=id_,
        title=title,
        intro=intro,
        figures=tuple(figure for figure in figures if figure is not None),
        tables=tuple(table for table in tables if table is not None),
        folded=tuple(table for table in folded if table is not None),
    )


def _differences(shown: Shown) -> Iterator[Figure | None]:
    compared = shown.compared
    margin = shown.gate.decision.policy.margin if shown.gate else None
    yield differences_figure(compared, margin=margin)
    for number, found in enumerate(compared.comparisons):
        if not found.same_replies:
            key = f"slice-differences-{number}"
            yield slice_differences_figure(compared, found, key=key)


def _money(shown: Shown) -> Iterator[Figure | None]:
    """What is reached for how much, and when tuning pays: at the own prices, then what if."""
    for number, found in enumerate(shown.costs):
        currency = next((arm.currency for arm in found.arms if arm.currency), "")
        costs = {arm.name: _per_request(arm, currency) for arm in found.arms}
        key = f"cost-accuracy-{number}"
        yield _where(found, cost_accuracy_figure(shown.compared, costs, currency, key=key))
        key = f"break-even-{number}"
        yield _where(found, cost_figure(found, among=_names(shown), key=key))


def _per_request(arm: ArmCost, currency: str) -> float | None:
    if arm.free:
        return 0.0
    known = arm.per_request is not None and arm.currency == currency
    return arm.per_request.estimate if arm.per_request and known else None


def _where(found: Costed, figure: Figure | None) -> Figure | None:
    """Says at whose prices."""
    if figure is None or not found.scenario:
        return figure
    return msgspec.structs.replace(figure, title=f"{figure.title} ({one_line(found.scenario)})")


def _spend(shown: Shown) -> Iterator[Table | None]:
    if shown.compared.comparisons:
        yield tokens_table(shown.compared)
        yield compared_cost_table(shown.compared)
    own, others = shown.costs[:1], shown.costs[1:]
    for found in own:
        yield from cost_tables(found)
    if others:
        yield scenario_table(others)


def _confusions(shown: Shown) -> tuple[list[Figure | None], list[Table | None]]:
    """Matrices side by side; where they are too large for a picture, lists."""
    figure = confusion_figure(shown.columns)
    if figure is None:
        return [], [confusion_table(name, columns) for name, columns in shown.columns.items()]
    return [msgspec.structs.replace(figure, wide=len(shown.columns) > _NARROW)], []


def _timed(shown: Shown) -> dict[str, ArmColumns]:
    free = _classical(shown)
    return {name: columns for name, columns in shown.columns.items() if name not in free}


def _classical(shown: Shown) -> frozenset[str]:
    return frozenset(name for name, (_, arm) in shown.infos.items() if arm.kind == _CLASSICAL)


def _names(shown: Shown) -> list[str]:
    return [side.name for side in shown.compared.sides]


def _trainings(shown: Shown) -> list[Table | None]:
    infos = {info.id: info for info, _ in shown.infos.values()}
    return [training_table(info) for info in infos.values()]


def _repeats(shown: Shown) -> Iterator[Table | None]:
    compared = shown.compared
    yield repeats_table(compared)
    yield selection_table(compared)
    if compared.comparisons:
        yield methods_table(compared)
