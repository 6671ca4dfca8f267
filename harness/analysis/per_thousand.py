"""A side of a comparison in, what a thousand of its requests cost out. Pure."""

from __future__ import annotations

import msgspec

from harness.analysis.side import Side

REQUESTS = 1_000


class PerThousand(msgspec.Struct, frozen=True):
    """Money per thousand requests."""

    amount: float
    currency: str


def per_thousand(side: Side) -> PerThousand | None:
    """The mean over the cases that were answered; None where price or usage is not known."""
    import numpy as np

    if side.price is None or side.costs is None or np.isnan(side.costs).all():
        return None
    return PerThousand(float(np.nanmean(side.costs)) * REQUESTS, side.price.currency)
