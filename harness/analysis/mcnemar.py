"""The counts of pairs in, p values of McNemar's test in four variants out. Pure.

The hypothesis is that a discordant pair is as likely gained as lost; all p values are two-sided.
The variants disagree near any fixed level, so a report has to name the one it used. Sources:
McNemar (1947); Edwards (1948) for the correction; Fagerland, Lydersen & Laake (2013) for exact
and mid-p.
"""

from __future__ import annotations

import math

from harness.analysis.pairs import PairedTable


def mcnemar_asymptotic(table: PairedTable) -> float:
    """The p value of z = (gained - lost) / sqrt(gained + lost), without a correction, in [0, 1].

    1.0 where no pair is discordant.
    """
    return _normal_p(abs(table.gained - table.lost), table.discordant)


def mcnemar_corrected(table: PairedTable) -> float:
    """The p value of |z| = (|gained - lost| - 1) / sqrt(gained + lost), in [0, 1].

    As many gained as lost is no evidence: the corrected distance is never below 0, and p is 1.0
    as in R (statsmodels squares the -1). 1.0 where no pair is discordant.
    """
    return _normal_p(max(0, abs(table.gained - table.lost) - 1), table.discordant)


def mcnemar_exact(table: PairedTable) -> float:
    """The conditional binomial p value in [0, 1]: twice P(X <= fewer), X ~ B(discordant, 1/2).

    1.0 where no pair is discordant.
    """
    return min(1.0, 2 * _at_most(min(table.gained, table.lost), table.discordant))


def mcnemar_mid_p(table: PairedTable) -> float:
    """Twice the one-sided mid-p, in [0, 1]: only half of the observed count's probability counts.

    With as many gained as lost it is exactly 1.0; so it is where no pair is discordant.
    """
    fewer, discordant = min(table.gained, table.lost), table.discordant
    return min(1.0, _at_most(fewer, discordant) + _at_most(fewer - 1, discordant))


def _normal_p(distance: int, discordant: int) -> float:
    return math.erfc(distance / math.sqrt(2 * discordant)) if discordant else 1.0


def _at_most(count: int, discordant: int) -> float:
    """P(X <= count) of B(discordant, 1/2)."""
    from scipy import special

    return float(special.bdtr(count, discordant, 0.5)) if count >= 0 else 0.0
