"""Everything that the page is made from, as one value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.analysis.columns import ArmColumns
from harness.analysis.compared import Compared
from harness.analysis.comparison import Comparison
from harness.analysis.cost.costed import Costed
from harness.reports.figures.figure import Figure
from harness.values.baseline import Decision
from harness.values.run import ArmInfo, RunInfo


@dataclass(frozen=True)
class Held:
    """A gate as the page shows it: a preview of the decision, and what tells its sides apart."""

    decision: Decision
    comparison: Comparison | None


@dataclass(frozen=True)
class Shown:
    """The sides of a page and where they come from.

    `columns` and `infos` are by the name of a side; a baseline whose replies are not recorded any
    more has neither. `warnings` come without the word. `gate` is None where the suite has no
    policy, or the page is not of the arms that it names. `curves` are learning curves. `costs`
    are what the arms cost at the prices of their runs, and then in every scenario.
    """

    compared: Compared
    columns: Mapping[str, ArmColumns]
    infos: Mapping[str, tuple[RunInfo, ArmInfo]]
    warnings: tuple[str, ...] = ()
    gate: Held | None = None
    about: str = ""
    curves: tuple[Figure, ...] = ()
    costs: tuple[Costed, ...] = ()
