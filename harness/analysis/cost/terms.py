"""What a question about money assumes: volume, horizon, what an error costs. Pure."""

from __future__ import annotations

import msgspec

HOURS_PER_MONTH = 720
DAYS_PER_MONTH = 30
THOUSAND = 1_000


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """`volume` is requests a month, `horizon` months in which the training must have paid back.

    `error_cost` is what a reply that is not correct costs; `labelling` and `evaluation` were spent
    on a tuned model beside its training. All money is in the currency of the prices. With `batch`
    requests are sent as batches; without `caching` tokens read from a cache cost as much as others.
    """

    volume: float | None = None
    horizon: float | None = None
    error_cost: float = 0.0
    labelling: float = 0.0
    evaluation: float = 0.0
    batch: bool = False
    caching: bool = True
