"""Changed replies are tested: not worse passes, worse and unfit fail, undecided is skipped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .approved_suite import ITEM, ApprovedSuite, missed, right

pytest_plugins = ["pytester"]


def test_pass(suite: ApprovedSuite) -> None:
    """Two cases lost and two gained among 200 stay above a margin of 10 points."""
    suite.says("no", [*right(2), *missed(2)])
    result = suite.check()
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["harness: arms of demo: 1 tested"])


def test_better(suite: ApprovedSuite) -> None:
    """To be better is not to be worse."""
    suite.says("no", missed(40))
    suite.check().assert_outcomes(passed=3)


def test_reject(suite: ApprovedSuite) -> None:
    """Forty cases lost of 200 are worse by more than 10 points, with the evidence in one line."""
    suite.says("no", right(40))
    result = suite.check("-k", "not_worse")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "* demo: plain: not_worse *",
            "failed: not worse than plain (the baseline of *): 55.0% * -20.0 points, 95% *",
            "    next: read the lost cases: *",
            "40 cases were lost:",
            f"FAILED {ITEM}::not_worse - *",
        ]
    )


def test_inconclusive(suite: ApprovedSuite) -> None:
    """Between the two the item is skipped, at its arm's line, with evidence and next step."""
    suite.says("no", right(15))
    result = suite.check("suites", "-rs", "-k", "not_worse")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        [
            "harness: arms of demo: 1 skipped",
            "SKIPPED [[]1[]] */demo/suite.toml:13: 67.5% * -7.5 points, 95% *; needs *",
        ]
    )


def test_invalid_cases(suite: ApprovedSuite) -> None:
    """Other expected values are no pass and no skip: nothing was compared that can be trusted."""
    suite.replace(
        "data/test.jsonl",
        '"test0", "input": {"text": "yes, test 0"}, "expected": "yes"',
        '"test0", "input": {"text": "yes, test 0"}, "expected": "no"',
    )
    result = suite.check("-k", "not_worse")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["invalid: same cases: 199 cases in common; 1 changed (test0)"])


def test_invalid_baseline(suite: ApprovedSuite) -> None:
    """A baseline that was edited by hand is told with its line, and every check fails."""
    text = suite.baseline.read_text().replace("as good as it gets", "as I like it")
    suite.baseline.write_text(text)
    result = suite.check()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*plain.jsonl:1: edited by hand: *"])


def test_no_baseline(made: Callable[..., ApprovedSuite]) -> None:
    """An arm that nobody approved is skipped with the command that approves it, ready to copy."""
    suite = made(approved=False)
    result = suite.check("suites", "-rs", "-k", "not_worse")
    result.assert_outcomes(skipped=1)
    command = 'harness promote demo plain --baseline-only --reason "…"'
    result.stdout.fnmatch_lines([f"SKIPPED*plain has no approved state to compare with; {command}"])


def test_no_margin(made: Callable[..., ApprovedSuite]) -> None:
    """Without [gate] nobody can say whether changed replies are worse: skipped, never passed."""
    suite = made(gate="")
    suite.says("no", right(40))
    result = suite.check("suites", "-rs", "-k", "not_worse")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*there is no margin to judge them by; add *gate* with *"])


def test_goal_better(made: Callable[..., ApprovedSuite]) -> None:
    """A policy that wants its candidate better than the incumbent wants an arm not to decay."""
    suite = made(gate='[gate]\ncandidate = "plain"\nmargin = 0.1\ngoal = "better"\n')
    suite.says("no", [*right(2), *missed(2)])
    suite.check("-k", "not_worse").assert_outcomes(passed=1)


def test_a_slice(made: Callable[..., ApprovedSuite]) -> None:
    """A slice that decays fails, though the whole does not."""
    suite = made(
        gate='[gate]\ncandidate = "plain"\nmargin = 0.3\n[gate.slices]\n"half=a" = 0.1\n',
        halves=True,
    )
    suite.says("no", right(25))
    result = suite.check("-k", "not_worse")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["failed: slice half=a: *"])


@pytest.mark.parametrize(("more", "outcome"), [(0, "passed"), (100, "failed")])
def test_spend(suite: ApprovedSuite, more: int, outcome: str) -> None:
    """More than 5 % more tokens a reply fail, whatever is said; the replies are unchanged."""
    lines = {line.case: line.reply.usage for line in suite.lines()}
    used = lines["test0"].input + more
    suite.says("yes", right(50), input=used)
    result = suite.check("-k", "spend or not_worse")
    result.assert_outcomes(**{"passed": 1, outcome: 1 + (outcome == "passed")})
    if more:
        result.stdout.fnmatch_lines(["failed: tokens: * a reply against *; at most *"])
        result.stdout.fnmatch_lines(["harness: arms of demo: 1 unchanged"])


def test_spend_limits(made: Callable[..., ApprovedSuite]) -> None:
    """A limit of cost without a price is skipped: an unknown price is no low one."""
    suite = made(gate='[gate]\ncandidate = "plain"\nmargin = 0.1\nmax_cost_per_1k = 0.5\n')
    result = suite.check("suites", "-rs", "-k", "spend")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*unknown: there is no price or no usage*"])


def test_error_rates(made: Callable[..., ApprovedSuite]) -> None:
    """A rate above the policy's fails with the cases that ended so."""
    gate = '[gate]\ncandidate = "plain"\nmargin = 0.1\nmax_rates = { unparsed = 0.2 }\n'
    result = made(gate=gate).check("-k", "error_rates")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "failed: unparsed: 25.0% of plain; at most 20.0%",
            "50 cases to look at:",
            "    now:      unparsed: hm",
            "  and 40 more",
        ]
    )


def test_errors_of_a_provider(suite: ApprovedSuite) -> None:
    """Lost replies above 2 % fail though the policy does not speak of them."""
    suite.fails_on("test 19")
    result = suite.check("suites", "--harness-mode", "live", "-k", "error_rates")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["invalid: provider_error: *% of plain; at most 2.0%"])
