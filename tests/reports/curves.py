"""Curves that differ in everything a report must show."""

from __future__ import annotations

import msgspec

from tests.curves import DIGEST, a_curve

NAMES = ("straight", "three_seeds", "never", "bent", "two_sizes", "graded", "full", "far", "bare")


def straight():
    """One seed a size, with what the trainings took."""
    curve = a_curve()
    points = tuple(
        msgspec.structs.replace(
            point,
            trained_tokens=point.size * 90 if point.size > 25 else None,
            seconds=point.size * 0.41,
            validation_loss=1.5 - point.size / 1000,
            adapter_digest=DIGEST,
        )
        for point in curve.points
    )
    return msgspec.structs.replace(curve, points=points)


def three_seeds():
    """Seeds enough for the band to hold the chance of training."""
    return a_curve(seeds=(1, 2, 3))


def never():
    """Rows that hardly help, far below the prompted arm."""
    return a_curve(gain=0.01, reference=0.6, seeds=(1, 2))


def bent():
    """A jump that no line describes."""
    return a_curve(seeds=(1, 2, 3), share=lambda size: 0.15 if size < 200 else 0.6)


def two_sizes():
    """Too few for a line."""
    return a_curve(sizes=(100, 300))


def graded():
    """Scores in few groups, above the prompted arm from the start."""
    groups = tuple(case // 25 for case in range(150))
    curve = a_curve(cases=150, groups=groups, start=0.4, gain=0.09)
    return msgspec.structs.replace(curve, graded=True)


def full():
    """A line that leaves what is possible."""
    return a_curve(start=0.8, gain=0.06, reference=0.9, sizes=(50, 100, 200, 400, 800))


def far():
    """A meeting point that is extrapolated."""
    return a_curve(reference=0.47, seeds=(1, 2, 3))


def bare():
    """No prompted arm, rows that harm."""
    return a_curve(reference=None, start=0.5, gain=-0.08, base="")
