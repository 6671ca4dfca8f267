"""Learning curves made up for tests: scores from a seeded hash, so that nothing is random."""

from __future__ import annotations

import math

from harness.values.curve import Curve, CurvePoint, Reference, packed
from harness.values.order import rank

DIGEST = "0123456789abcdef01234567"
SPAN = float(1 << 64)
SIZES = (25, 50, 100, 200, 300)


def hard(case, name=""):
    """How hard a case is, in [0, 1): half its own, half chance of the point `name`."""
    return (rank(7, f"case {case}") + rank(7, f"{name} {case}")) / 2 / SPAN


def answers(cases, share, name):
    """About `share` of the cases right, the easy ones sooner than the hard ones."""
    share = min(share, 1.0)
    bound = math.sqrt(share / 2) if share <= 0.5 else 1 - math.sqrt((1 - share) / 2)
    return packed(float(hard(case, name) < bound) for case in range(cases))


def a_curve(
    *,
    cases=240,
    sizes=SIZES,
    seeds=(1,),
    start=0.2,
    gain=0.05,
    reference=0.346,
    share=None,
    **fields,
):
    """`share` of a size, by default a straight line over doublings that starts at `start`."""

    def line(size):
        return start + gain * math.log2(size / sizes[0])

    points = tuple(
        CurvePoint(
            size=size, seed=seed, values=answers(cases, (share or line)(size), f"{size} {seed}")
        )
        for size in sizes
        for seed in seeds
    )
    best = Reference(
        arm="few_shot_similar", values=answers(cases, reference or 0.0, "reference"), among=4
    )
    return Curve(
        **{
            "suite": "review_stars",
            "arm": "fine_tuned",
            "training": "lora",
            "split": "test",
            "cases": cases,
            "inputs_digest": DIGEST,
            "expected_digest": DIGEST,
            "scoring_digest": DIGEST,
            "base": "gemma-3-270m",
            "points": points,
            "reference": None if reference is None else best,
            **fields,
        }
    )
