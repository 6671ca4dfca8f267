"""All pairs of 13 arms on the cases of a large suite, and single pairs of 100,000 cases."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from itertools import combinations

from benchmarks.measure import Claim, Section, command_line
from harness.analysis.bootstrap import bca_interval
from harness.analysis.columns import ArmColumns
from harness.analysis.comparison import Pair, compare_all
from harness.analysis.difference import paired_difference
from harness.analysis.side import Side, side_of
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Usage, assistant
from harness.values.score import Outcome, Score
from harness.values.suite import Price

ARMS, CASES = 13, 1_319
CASES_QUICK = 60
LARGE, LARGE_QUICK = 100_000, 1_000
DRAWS, DRAWS_QUICK = 10_000, 200
GROUP = 10
ROUNDS = 5
SEED = 11

_TAGS = {"language": ("de", "en", "pt"), "length": ("long", "middle", "short")}
_PRICE = Price(input=0.1, output=0.4, as_of="2026-11-28", source="https://example.com")
_TEXT = (
    "In memory, from the columns that a journal is read into. {arms} arms of {cases:,} cases are "
    "right on 60 to 84 %, and all {pairs} pairs are compared as one family with `compare_all`: "
    "differences, simultaneous intervals, adjusted p, transitions, tokens and cost, and with tags "
    "six slices of each pair. Medians of {rounds} rounds within one process, imports not counted. "
    "One thread that waits for nothing: CPU seconds are the wall seconds of a free machine."
)


def measure(quick: bool) -> Section:
    """Time each call."""
    cases, large = (CASES_QUICK, LARGE_QUICK) if quick else (CASES, LARGE)
    rounds, draws = (1, DRAWS_QUICK) if quick else (ROUNDS, DRAWS)
    pairs = ARMS * (ARMS - 1) // 2
    names = _names(cases)
    plain = [_columns(arm, cases) for arm in range(ARMS)]
    tagged = [_columns(arm, cases, tags=True) for arm in range(ARMS)]
    grouped = [_columns(arm, cases, groups=True) for arm in range(ARMS)]
    whole = _names(large)
    one, other = (_side(f"arm{arm}", _columns(arm, large), whole) for arm in (0, 1))
    change = other.values - one.values
    bootstrap = f"BCa, {draws:,} draws of {large:,} pairs"
    calls: dict[str, Callable[[], object]] = {
        f"{pairs} pairs": _comparing(_sides(plain, names)),
        f"{pairs} pairs, six slices": _comparing(_sides(tagged, names)),
        f"{pairs} pairs, groups of {GROUP}": _comparing(_sides(grouped, names)),
        f"{ARMS} sides from columns": lambda: _sides(tagged, names),
        f"{pairs} pairs, six slices, sides included": lambda: _compare(_sides(tagged, names)),
        bootstrap: lambda: bca_interval(change, draws=draws),
        f"paired_difference, {large:,} cases": lambda: paired_difference(one, other),
        f"compare_all, one pair, {large:,} cases": _comparing([one, other]),
    }
    costs = {name: _cost(call, rounds) for name, call in calls.items()}
    rows = tuple((name, f"{wall:.3f}", f"{cpu:.3f}") for name, (wall, cpu) in costs.items())
    claims = tuple(
        Claim(f"{name}, CPU", costs[name][1], 2.0, " s")
        for name in (f"{pairs} pairs", f"{pairs} pairs, six slices", bootstrap)
    )
    text = _TEXT.format(arms=ARMS, cases=cases, pairs=pairs, rounds=rounds)
    return Section("Comparing", "comparing", text, ("what", "wall s", "CPU s"), rows, claims, quick)


def _cost(call: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Medians of wall and CPU seconds, after one call that nobody counts."""
    call()
    walls, cpus = [], []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def _comparing(sides: list[Side]) -> Callable[[], object]:
    return lambda: _compare(sides)


def _compare(sides: list[Side]) -> object:
    return compare_all([Pair(*two) for two in combinations(sides, 2)])


def _sides(columns: list[ArmColumns], names: list[str]) -> list[Side]:
    return [_side(f"arm{arm}", one, names) for arm, one in enumerate(columns)]


def _side(name: str, columns: ArmColumns, names: list[str]) -> Side:
    return side_of(name, columns, names, graded=False, price=_PRICE)


def _names(cases: int) -> list[str]:
    return [f"test-{case}" for case in range(cases)]


def _columns(arm: int, cases: int, *, tags: bool = False, groups: bool = False) -> ArmColumns:
    """The columns of an arm, the same ones every time."""
    chance = random.Random(SEED * 1_000 + arm)
    columns = ArmColumns()
    for case in range(cases):
        right = chance.random() < 0.6 + 0.02 * arm
        usage = Usage(500 + case % 100, output=10 + chance.randrange(50))
        chosen = {
            tag: values[case // 3**place % 3] for place, (tag, values) in enumerate(_TAGS.items())
        }
        record = Record(
            arm=f"arm{arm}",
            case=f"test-{case}",
            input_digest="",
            outcome=Outcome.CORRECT if right else Outcome.WRONG,
            exchanges=(Exchange("", Answer(assistant(""), usage=usage)),),
            scores={"exact": Score(float(right))},
            group=f"g{case // GROUP}" if groups else None,
            tags=chosen if tags else {},
        )
        columns.append(case, record)
    return columns


if __name__ == "__main__":
    command_line(measure)
