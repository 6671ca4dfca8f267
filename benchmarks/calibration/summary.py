"""What was computed in, sentences out: what holds, what does not, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.calibration.cells import ALPHAS, EXCESS, LEAST, Cell
from benchmarks.calibration.requirements import ENOUGH_PAIRS, WHATS, Line
from benchmarks.calibration.simulation import Estimated
from benchmarks.calibration.tango import Exact
from benchmarks.calibration.worlds import RARE

RARE_ENOUGH = 30
EARLIER_PLAIN = ("graded", "replicates")  # what mean ± t · SE decided before


def verdict(lines: Sequence[Line]) -> str:
    """How many requirements are reached, and which methods miss some."""
    asked = [line for line in lines if line.reached is not None]
    missed = [line for line in asked if not line.reached]
    text = f"{len(asked) - len(missed)} of {len(asked)} requirements are reached"
    names = dict.fromkeys(line.method for line in missed)
    return f"{text}; not all by: {', '.join(names)}." if missed else f"{text}."


def missed_lines(lines: Sequence[Line]) -> list[str]:
    """Every requirement that is not reached, and where that is worst."""
    return [
        f"- {line.method}, {line.where}: {line.what}: **{line.found:.2%}** at {line.worst}."
        for line in lines
        if line.reached is False
    ]


def tango_sentences(found: Exact, lines: Sequence[Line]) -> str:
    """One right-or-wrong reply per case."""
    held = {x.what: x for x in lines if x.method == "Tango" and x.where == ENOUGH_PAIRS}
    text = "- **Right or wrong, one reply per case** (Tango, exact). "
    if len(held) == len(WHATS):
        mean, least, *most = (_share(held[what].found) for what in WHATS)
        text += (
            f"Where {ENOUGH_PAIRS}, coverage is {mean} on average and at least {least}, and false "
            f"promotions are at most {_both(most)}. "
        )
    every = found.every
    few = [cell for cell in every if cell.value < LEAST]
    worst = _span(few, min(cell.value for cell in every))
    parts = [
        f"{text}Over all cells:",
        f"coverage below 93 % in {len(few)} of {len(every):,}, {worst}",
    ]
    for alpha in ALPHAS:
        every = found.every_promoted(alpha)
        many = [cell for cell in every if cell.value > alpha + EXCESS]
        parts.append(
            f"at alpha {_share(alpha)} false promotions above {_share(alpha + EXCESS)} in "
            f"{len(many)} of {len(every):,}, {_span(many, max(cell.value for cell in every))}"
        )
    return "\n  - ".join(parts)


def _span(missed: Sequence[Cell], worst: float) -> str:
    """The worst, and where cells that miss lie."""
    text = f"worst {_share(worst)}"
    usual = [cell.pairs for cell in missed if cell.discordance <= 0.5]
    if missed:
        text += f"; {len(missed) - len(usual)} with psi above 50 %"
    if usual:
        text += f", the others with {_range(usual)} discordant pairs"
    return text


def _range(values: Sequence[float]) -> str:
    low, high = f"{min(values):.0f}", f"{max(values):.0f}"
    return low if low == high else f"{low} to {high}"


def simulated_sentences(cells: Sequence[Estimated]) -> str:
    """Groups, averaged replicates and graded scores, but for those with rare losses."""
    cells = [cell for cell in cells if cell.world.kind != RARE]
    enough = [cell for cell in cells if cell.enough]
    least = min(cell.coverage for cell in cells)
    text = "- **Groups, averaged replicates, graded scores** (Tango at the effective size, "
    text += f"simulated, {len(cells)} cells). Coverage is at least {_share(least)}. "
    if enough:
        text += (
            "Where effective pairs (1 - psi) >= 10, false promotions are at most "
            f"{_both(_most(enough))}; clearly more than asked in {_clear(enough, 1)} and "
            f"{_clear(enough, 2)} of {len(enough)} cells. "
        )
    text += (
        f"Over all cells they reach {_both(_most(cells))}; clearly more than asked in "
        f"{_clear(cells, 1)} and {_clear(cells, 2)}"
    )
    clear = [cell.world for cell in cells if any(miss[1] for miss in cell.misses[1:])]
    if clear:
        losses = sum(world.truth < 0 for world in clear)
        text += (
            f". The last of these has {max(world.pairs for world in clear):.1f} effective pairs, "
            f"and in {losses} of the {len(clear)} the bar is a loss (`not_worse`)"
        )
    return f"{text}."


def rare_sentences(cells: Sequence[Estimated]) -> str:
    """Graded scores that gain a little often and lose all seldom."""
    own = [cell for cell in cells if cell.world.kind == RARE]
    least = min(own, key=lambda cell: cell.coverage)
    text = (
        f"- **Graded scores with many small gains and a few total losses** (simulated, {len(own)} "
        f"cells). Coverage falls to {_share(least.coverage)} (at {least.world.cases} cases) and "
        f"false promotions reach {_both(_most(own))}: no interval knows of losses that no case has "
        "shown"
    )
    many = [cell for cell in own if cell.world.losses >= RARE_ENOUGH]
    if many:
        text += (
            f". With {RARE_ENOUGH} or more losing cases to be expected coverage is at least "
            f"{_share(min(cell.coverage for cell in many))}, and they are at most "
            f"{_both(_most(many))}"
        )
    return f"{text}."


def _clear(cells: Sequence[Estimated], place: int) -> int:
    return sum(cell.misses[place][1] for cell in cells)


def _most(cells: Sequence[Estimated]) -> list[str]:
    return [_share(max(c.promoted[place] for c in cells)) for place in range(len(ALPHAS))]


def _both(shares: Sequence[str]) -> str:
    """At both alphas."""
    first, second = (f"{s} at alpha {_share(a)}" for s, a in zip(shares, ALPHAS, strict=True))
    return f"{first} and {second}"


def other_sentences(lines: Sequence[Line]) -> list[str]:
    """What promotes nothing: one arm, and Newcombe's interval."""
    least = {(x.method, x.reached is None): x.found for x in lines if x.what == WHATS[1]}
    found = [
        f"{method} {_share(least[method, False])}"
        for method in ("Wilson", "Clopper-Pearson")
        if (method, False) in least
    ]
    few = [_share(least[method, True]) for method in ("Wilson", "Clopper-Pearson")]
    explains = _share(min(x.found for x in lines if (x.method, x.what) == ("Newcombe", WHATS[1])))
    text = "- **One arm** (exact). "
    if found:
        text += f"Where n a (1 - a) >= 10 coverage is at least {', '.join(found)}; "
    return [
        f"{text}with fewer it falls to {few[0]} and {few[1]}.",
        f"- **Newcombe's interval**, which explains and never decides, falls to {explains}.",
    ]


def plain_sentence(cells: Sequence[Estimated]) -> str:
    """Why the score interval at the effective size decides, and no longer the plain mean."""
    before, after = [], []
    for kind in EARLIER_PLAIN:
        own = [cell for cell in cells if cell.world.kind == kind]
        misses = [sum(c.plain_misses[0][1] for c in own), sum(c.misses[1][1] for c in own)]
        most = [max(c.plain[0] for c in own), max(c.promoted[0] for c in own)]
        before.append(f"{_share(most[0])} ({kind}, {misses[0]} of {len(own)} cells clearly)")
        after.append(f"{_share(most[1])} ({misses[1]})")
    return (
        "This is why the score interval at the effective size decides: the textbook's mean ± t · "
        "SE, which decided graded scores and replicates before, is symmetric, while the "
        "differences of a candidate with a few large losses are not, so that with the bar at a "
        f"loss it promoted in up to {' and '.join(before)} at alpha {_share(ALPHAS[0])}, where now "
        f"it is {' and '.join(after)}."
    )


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
