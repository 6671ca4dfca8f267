"""Hand-made comparisons: sides, replies and prices in, a Compared out, for the tests of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from harness.analysis.compared import Compared, Moved, Replicated
from harness.analysis.comparison import Comparison, Pair, compare_all
from harness.analysis.overlap import overlap
from harness.analysis.side import Side
from harness.values.price import Price, rates_of
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, assistant
from harness.values.request import Replicate
from harness.values.score import OUTCOMES, Outcome, Score

LETTERS = {
    "+": Outcome.CORRECT,
    "-": Outcome.WRONG,
    "u": Outcome.UNPARSED,
    "t": Outcome.TRUNCATED,
    "p": Outcome.PROVIDER_ERROR,
}
PRICE = Price(input=0.5, output=2.0, as_of="2026-11-28", source="https://example.org")
HOSTILE = "x\x1b[31m | <script>alert(1)</script> `code` [l](http://e.vil)\nnew line"


def a_side(name: str, outcomes: str, **change: Any) -> Side:
    """One letter of LETTERS per case; `values` make it graded."""
    shares = np.zeros((len(outcomes), len(OUTCOMES)))
    for place, letter in enumerate(outcomes):
        shares[place, OUTCOMES.index(LETTERS[letter])] = 1
    values = change.pop("values", None)
    given: dict[str, Any] = {
        "name": name,
        "graded": values is not None,
        "ids": tuple(f"c{number}" for number in range(len(outcomes))),
        "values": shares[:, 0].copy() if values is None else np.array(values, dtype=float),
        "lost": shares[:, -3:].sum(axis=1),
        "shares": shares,
        "groups": None,
        "tags": tuple({} for _ in outcomes),
        "tokens": None,
        "replicates": 1,
    }
    given |= change
    if given.get("price") is not None and given["tokens"] is not None:
        given.setdefault("costs", given["tokens"] @ rates_of(given["price"]))
    return Side(**given)


def repeated(name: str, rows: Sequence[str], **change: Any) -> tuple[Side, Replicated]:
    """A side whose cases were answered once per row, each row another shot seed."""
    sides = [a_side(name, row) for row in rows]
    values = np.stack([side.values for side in sides], axis=1)
    side = replace(
        sides[0],
        values=values.mean(axis=1),
        shares=np.mean([side.shares for side in sides], axis=0),
        replicates=len(rows),
        **change,
    )
    seeds = tuple(Replicate(seed, 0) for seed in range(1, len(rows) + 1))
    return side, Replicated(seeds, values, values.copy())


def tokens(count: int, *, input: float = 100.0, output: float = 5.0) -> Any:  # noqa: A002
    """Tokens of each case, a few more from case to case."""
    table = np.zeros((count, 4))
    table[:, 0] = input + np.arange(count) % 7
    table[:, 3] = output
    return table


def a_record(case: str, outcome: Outcome, text: str | None) -> Record:
    """A record with an answer, or without one."""
    reply = Failure("timeout", "60 s") if text is None else Answer(assistant(text))
    return Record(
        arm="arm",
        case=case,
        input_digest="d",
        outcome=outcome,
        exchanges=(Exchange("k", reply),),
        scores={"label": Score(float(outcome == Outcome.CORRECT), text)},
    )


def a_comparison(
    *sides: Side,
    all_pairs: bool = False,
    adjustment: str = "holm",
    same: frozenset[str] = frozenset(),
    replicated: Mapping[str, Replicated] | None = None,
    **change: Any,
) -> Compared:
    """The first side is the reference; those in `same` say the very same as it."""
    reference, *others = sides
    chosen = list(combinations(sides, 2)) if all_pairs else [(reference, one) for one in others]
    pairs = [Pair(before, after, after.name in same) for before, after in chosen]
    comparisons = compare_all(pairs, adjustment=adjustment)
    cases = dict.fromkeys(reference.ids, "d")
    values: dict[str, Any] = {
        "suite": "stars",
        "title": "Stars from a product review",
        "split": "test",
        "graded": reference.graded,
        "sides": sides,
        "reference": reference.name,
        "comparisons": comparisons,
        "adjustment": adjustment,
        "shared": overlap(cases, cases),
        "replicated": replicated or {},
        "moved": tuple(moved_of(pair, one) for pair, one in zip(pairs, comparisons, strict=True)),
        "all_pairs": all_pairs,
    }
    return Compared(**(values | change))


def moved_of(pair: Pair, found: Comparison) -> tuple[Moved, ...]:
    """Each case that moved, with what both sides said."""
    return tuple(
        Moved(
            case=id_,
            input={"text": "…"},
            expected="4 stars",
            reference=_answer(pair.reference, id_),
            candidate=_answer(pair.candidate, id_),
        )
        for id_ in (*found.lost, *found.gained)
    )


def _answer(side: Side, id_: str) -> Record:
    outcome = OUTCOMES[int(side.shares[side.ids.index(id_)].argmax())]
    said = {Outcome.CORRECT: "4 stars", Outcome.WRONG: "3 stars", Outcome.UNPARSED: "I like it"}
    return a_record(id_, outcome, said.get(outcome))


def usual() -> Compared:
    """Three arms on 40 cases with two tags: one is better, one has replies that cannot be read."""
    tags = tuple({"language": ("en", "pt")[n % 2]} for n in range(40))
    options: dict[str, Any] = {"tags": tags, "price": PRICE}
    return a_comparison(
        a_side("zero_shot", "+" * 20 + "-" * 20, tokens=tokens(40), **options),
        a_side(
            "tuned", "+" * 18 + "--" + "+" * 14 + "-" * 6, tokens=tokens(40, input=50), **options
        ),
        a_side("chatty", "+" * 15 + "u" * 5 + "-" * 16 + "++" + "pp", **options),
        notes=("Warning: leaks into tuned: 1 case of the test split had been learned from.",),
    )


def grouped() -> Compared:
    """All pairs of three graded arms on 24 cases in 6 groups."""
    groups = np.array([n % 6 for n in range(24)])
    before = [(0.2, 0.4, 0.6, 1.0)[n % 4] for n in range(24)]
    after = [min(1.0, value + (0.2, 0.0, 0.4)[n % 3]) for n, value in enumerate(before)]
    sides = [
        a_side(name, "".join("+" if v == 1 else "-" for v in values), values=values, groups=groups)
        for name, values in (("small", before), ("large", after), ("twin", after))
    ]
    return a_comparison(*sides, all_pairs=True)


def replicates() -> Compared:
    """An arm with three shot seeds against one with a single reply per case."""
    plain = a_side("plain", "+-" * 15 + "-")
    shots, table = repeated("shots", ["+-" * 15 + "-", "++-" * 10 + "+", "+--" * 10 + "-"])
    return a_comparison(plain, shots, replicated={"shots": table})


def hostile() -> Compared:
    """Foreign texts wherever they can stand: arms, titles, ids, tags, expected, replies, notes."""
    ids = tuple(f"{HOSTILE} {n}" for n in range(4))
    tags = tuple({HOSTILE: HOSTILE} for _ in range(4))
    sides = [
        a_side(f"{name} {HOSTILE}", text, ids=ids, tags=tags)
        for name, text in (("a", "++--"), ("b", "-+++"))
    ]
    made = a_comparison(*sides, title=HOSTILE, suite=HOSTILE, notes=(HOSTILE,))
    moved = tuple(
        replace(
            one,
            expected=HOSTILE,
            reference=a_record(one.case, Outcome.WRONG, HOSTILE),
            candidate=a_record(one.case, Outcome.CORRECT, HOSTILE * 3),
        )
        for one in made.moved[0]
    )
    return replace(made, moved=(moved,))
