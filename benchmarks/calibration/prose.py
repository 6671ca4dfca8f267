"""The fixed texts of the page."""

HEAD = """# Calibration

Written by `python -m benchmarks.calibration`; do not edit this page, run it again. How often the
95 % interval of a paired difference holds the true one (coverage), and how often a gate promotes a
candidate whose true difference is the bar itself and should not exceed it (false promotion).

Psi is the discordance, the share of cases on which only one side is right, so that n psi is the
number of discordant pairs to be expected. Alpha is one-sided: 2.5 %, the default of a gate, is the
lower end of the 95 % interval. What is asked: a mean coverage of at least 94.5 % and nowhere less
than 93 %, where n p (1 - p) is at least 10, with p = psi for pairs and the accuracy for one arm;
false promotions of at most alpha + 0.6 points, everywhere.

## What holds, and what does not
"""
FOLLOWS = """\
What follows:

- A verdict is as good as the discordant pairs behind it, however many cases there are: count on it
  from about ten on. Groups count less: divide gained + lost by the design effect that
  `harness compare` prints.
- With fewer, distrust a `not_worse` promotion whose margin is as large as half of the discordance,
  and leave alpha at 2.5 %.
- Of graded scores count the rarer side: where fewer than about thirty cases lose, a promotion says
  little about losses that are rare and large. Look at the lost cases, or gate on right or wrong.
- Not simulated, so not claimed: stronger correlations, and more uneven groups. Fewer than ten
  groups decide nothing.
"""
REQUIREMENTS = """\
### Every requirement

In brackets: not asked. **Bold**: asked and not reached; where, is said below.
"""
METHOD = """\
### How it was computed

Right-or-wrong pairs are enumerated: every table that can come out, with its probability, so that
those numbers have no error. Groups, grades and replicates are simulated {simulations:,} times per
cell, with a fixed seed: a standard error of 0.3 points near 95 % and 5 %, and of 0.2 near 2.5 %.
A simulated cell misses clearly where it does by two standard errors or more. The first {checked}
simulations of each cell are compared with `paired_difference`, and the page is not written where
an end of an interval differs by more than 1e-9. Another numpy may change a cell within its error.

In the tables below **bold** is a coverage below 93 % or a false promotion above alpha + 0.6 points,
whether or not it was asked there.
"""
PLAIN = """## Why not the textbook's mean ± t · SE

Both methods on the same simulations: false promotions, and the cells (of each kind) that miss
clearly. Used is what `harness compare` and `harness gate` use.
"""
TANGO = """## Right-or-wrong pairs: coverage of Tango's interval

Exact. The difference is a share of psi: at 100 % every discordant case is gained. A loss is the
same as a gain. Accuracies do not enter, since only discordant pairs count; they limit what is
possible: (psi + difference) / 2 is at most 1 - accuracy of the reference. The requirements at the
top read the condition with the accuracy too, over all cells that it allows, and are over more
cells than are printed: psi in {scanned} steps, with the difference in steps of an eighth of psi.
"""
PROMOTION = """## Right-or-wrong pairs: false promotion

Exact. The true difference is the bar: 0 for `better` (margin 0), minus the margin for `not_worse`.
A cell is empty where psi is below the margin, which cannot be.
"""
NEWCOMBE = """## Right-or-wrong pairs: coverage of Newcombe's interval

Exact. It explains and never decides. It needs all four cells of the table, of which there are
1,373,701 at 200 cases; enumerated for {sizes} cases. A cell is empty where the reference's accuracy
does not allow it.
"""
SHARES = """## One arm

Exact; mean and least are over accuracies from 0.1 % to 99.9 % in steps of 0.1 points.
"""
SIMULATED = """## Groups, grades and replicates

Simulated: **bold** misses by two standard errors or more, *italics* by less. Two cases of a group
have the correlation shown (the shares of gained and lost are drawn for each group from a Dirichlet
distribution). Graded differences are of half a point three times in four, else of a whole one. Of
{repeats} replicates the second and third repeat the first with a probability of {same:.0%}.
Stratified groups have five cases that can only be gained and five that can only be lost. Cases
each: 1 means no groups. A loss is half of psi (times the mean size of a change, where graded), and
is the bar of the false promotions. Effective pairs are n psi over the design effect. Of graded
scores with rare losses a tenth is gained in 30 of 100 cases and everything lost in 3; where they
are a loss, in 27 and 6.
"""
