"""An arm against what it was: equal replies, changed ones, and everything that is no comparison."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

import harness
from harness.errors import DataError, UsageError
from harness.store.runs import Run
from harness.values.reply import assistant
from harness.values.score import Outcome
from harness.values.verdict import Ruling
from harness.workflows.arm_checks import (
    ArmNow,
    arm_now,
    error_rates,
    must_pass,
    not_worse,
    spend,
)
from harness.workflows.gate.promote import promote
from harness.workflows.regression import assert_not_worse, compared

from .repository import SHOTS, Repository, usual_cases

CASES = 200
GATE = '[gate]\ncandidate = "plain"\nmargin = 0.1\n'


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """`plain` answered 200 cases, 150 of them right, and that is approved."""
    return made(tmp_path, GATE)


def made(root: Path, gate: str, arm: str = "plain") -> Repository:
    repository = Repository(root, arms=gate)
    repository.cases("test", usual_cases("test", CASES))
    repository.run(arms=[arm], mode="record")
    promote(repository.open(), arm, reason="the first", baseline_only=True)
    return repository


def says(repo: Repository, text: str, count: int, arm: str = "plain") -> None:
    """Record another reply to the first cases that are rightly answered yes."""
    cases = {f"test{4 * number}" for number in range(count)}

    def changed(line: Any) -> Any:
        reply = msgspec.structs.replace(line.reply, message=assistant(text))
        return msgspec.structs.replace(line, reply=reply) if line.case in cases else line

    repo.write_lines([changed(line) for line in repo.lines(arm)], arm)


def now(repo: Repository, arm: str = "plain", **choices: Any) -> ArmNow:
    return arm_now(repo.open(), arm, repo.root / "elsewhere", **choices)


def check(repo: Repository, run: Run, baseline: Any = None, **more: Any) -> Ruling:
    return assert_not_worse(run, baseline, suite=repo.open(), **({"margin": 0.1} | more)).ruling


def test_unchanged(repo: Repository) -> None:
    """Equal replies to equal cases are not compared at all."""
    found = not_worse(now(repo))
    assert (found.verdict.ruling, found.unchanged, found.comparison) == ("promote", True, None)
    assert found.flips == ()


def test_another_prompt(repo: Repository) -> None:
    """Whatever the prompt: what counts is what is answered."""
    repo.prompt("plain", "Hear: the text says {{ text }}.")
    repo.run(arms=["plain"], mode="record")
    assert not_worse(now(repo)).unchanged


def test_changed(repo: Repository) -> None:
    """The lost cases carry what the baseline had, and what is said now."""
    says(repo, "no", 40)
    found = not_worse(now(repo))
    assert found.verdict.ruling == Ruling.REJECT
    assert found.comparison is not None
    assert found.comparison.difference.estimate == pytest.approx(-0.2)
    assert {flip.case for flip in found.flips} == {f"test{4 * i}" for i in range(40)}
    flip = found.flips[0]
    assert (flip.expected, flip.before, flip.after) == ("yes", Outcome.CORRECT, Outcome.WRONG)
    assert (flip.text_before, flip.text_after) == (None, "no")


def test_other_cases(repo: Repository) -> None:
    """A case more is another measurement: the replies are tested, and the check is invalid."""
    repo.cases("test", usual_cases("test", CASES + 1))
    repo.run(arms=["plain"], mode="record")
    found = not_worse(now(repo))
    assert (found.verdict.ruling, found.unchanged) == (Ruling.INVALID, False)


def test_steps_can_be_copied(repo: Repository) -> None:
    """A next step names an arm as commands do."""
    repo.replace("suite.toml", 'label.labels = ["yes", "no"]', 'label.labels = ["yes"]')
    says(repo, "no", 1)
    checks = {check.name: check for check in not_worse(now(repo)).verdict.checks}
    assert checks["same scoring"].next_step.endswith('harness promote demo plain --reason "…"')


def test_a_seed_that_is_gone(tmp_path: Path) -> None:
    """An arm that was approved with shots that it has no more is told what to do."""
    repo = made(tmp_path, SHOTS, "shots")
    repo.replace("suite.toml", "seeds = [1, 2]", "seeds = [2, 3]")
    with pytest.raises(UsageError, match="approved with shot seed 1, and now its seeds are 2, 3"):
        now(repo, "shots")


def test_the_seed_that_was_approved(tmp_path: Path) -> None:
    """Of several seeds the approved one is compared, wherever it stands."""
    repo = made(tmp_path, SHOTS, "shots")
    repo.replace("suite.toml", "seeds = [1, 2]", "seeds = [2, 1]")
    found = now(repo, "shots")
    assert found.entrant.shot_seed == 1
    assert not_worse(found).unchanged


def test_a_clean_subset(tmp_path: Path) -> None:
    """A state that was approved without its leaked cases is compared without them."""
    repo = Repository(tmp_path, arms=SHOTS)
    rows = usual_cases("test", CASES)
    rows[0]["input"]["text"] = "yes, train 0"
    repo.cases("test", rows)
    repo.run(arms=["shots"], mode="record")
    promote(repo.open(), "shots", reason="clean", baseline_only=True, clean_subset=True)
    found = now(repo, "shots")
    assert len(found.entrant.side) == CASES - 1
    assert not_worse(found).unchanged


class TestRates:
    """What is limited, and for whom."""

    def test_a_control(self, tmp_path: Path) -> None:
        """The policy is about its candidate and what is in production, not about a control."""
        limit = "max_rates = { unparsed = 0.1 }\n"
        repo = Repository(tmp_path, arms='[arms.other]\nextends = "plain"\n' + GATE + limit)
        assert error_rates(now(repo, "other")).verdict.ruling == Ruling.PROMOTE
        assert error_rates(now(repo, "plain")).verdict.ruling == Ruling.REJECT
        promote(repo.open(), "other", reason="a control", baseline_only=True)
        assert error_rates(now(repo, "other")).verdict.ruling == Ruling.PROMOTE
        promote(repo.open(), "other", reason="what is used")
        assert error_rates(now(repo, "other")).verdict.ruling == Ruling.REJECT

    def test_flips(self, repo: Repository) -> None:
        """Of a rate that is too high the cases that ended so are named."""
        limit = GATE + "max_rates = { unparsed = 0.1 }\n"
        repo.replace("suite.toml", GATE, limit)
        found = error_rates(now(repo))
        assert {flip.after for flip in found.flips} == {Outcome.UNPARSED}
        assert len(found.flips) == CASES // 4


class TestSpend:
    """Tokens against the baseline's."""

    def test_nothing_to_compare_with(self, tmp_path: Path) -> None:
        """Without a baseline and limits nothing is asked."""
        assert spend(now(Repository(tmp_path))).verdict.ruling == Ruling.PROMOTE

    def test_unknown(self, repo: Repository) -> None:
        """Tokens that nobody counted decide nothing."""
        lines = [
            msgspec.structs.replace(line, reply=msgspec.structs.replace(line.reply, usage=None))
            for line in repo.lines()
        ]
        repo.write_lines(lines)
        found = spend(now(repo))
        assert found.verdict.ruling == Ruling.INCONCLUSIVE
        assert found.verdict.checks[0].evidence == "unknown now"

    @pytest.mark.parametrize(("tokens", "ruling"), [(5, "promote"), (6, "reject")])
    def test_five_percent(self, repo: Repository, tokens: int, ruling: str) -> None:
        """One reply in a hundred tokens may take five more."""
        found = now(repo)
        baseline = found.baseline
        assert baseline is not None
        header = msgspec.structs.replace(
            baseline.header, tokens={"input": 100 * baseline.header.cases}
        )
        columns = found.entrant.columns
        assert columns is not None
        used = CASES * (100 + tokens) - sum(columns.output)
        columns.input[:] = type(columns.input)("I", [used // CASES] * CASES)
        columns.input[0] += used % CASES
        changed = msgspec.structs.replace(baseline, header=header)
        assert spend(ArmNow(found.suite, found.entrant, changed)).verdict.ruling == ruling


def test_must_pass(tmp_path: Path) -> None:
    """Each named case that is not correct is shown."""
    repo = Repository(tmp_path, arms=GATE + 'must_pass = ["test3", "test0", "test7"]\n')
    found = must_pass(now(repo))
    assert found.verdict.ruling == Ruling.REJECT
    assert [flip.case for flip in found.flips] == ["test3", "test7"]
    assert not found.lost


class TestAssertion:
    """`harness.assert_not_worse`."""

    def test_is_public(self) -> None:
        """It is a name of the package."""
        assert harness.assert_not_worse is assert_not_worse

    def test_by_name(self, repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
        """The suite is found by the run's name from the current directory."""
        monkeypatch.chdir(repo.root)
        assert assert_not_worse(repo.run(), margin=0.1).ruling == Ruling.PROMOTE

    def test_worse(self, repo: Repository) -> None:
        """It raises with the arm, the evidence and the lost cases."""
        says(repo, "no", 40)
        with pytest.raises(
            AssertionError, match=r"^demo: plain: failed: not worse than plain \(the"
        ):
            check(repo, repo.run())

    def test_inconclusive(self, repo: Repository) -> None:
        """What is not decided is returned, and raised only where that is asked for."""
        says(repo, "no", 15)
        run = repo.run()
        assert check(repo, run) == Ruling.INCONCLUSIVE
        with pytest.raises(AssertionError, match="inconclusive: not worse"):
            check(repo, run, strict=True)

    def test_the_margin_is_the_callers(self, repo: Repository) -> None:
        """Not that of [gate]."""
        says(repo, "no", 15)
        assert check(repo, repo.run(), margin=0.2) == Ruling.PROMOTE

    def test_invalid(self, repo: Repository) -> None:
        """A run of other cases than were approved is no good measurement, and raises."""
        repo.cases("test", usual_cases("test", CASES - 1))
        with pytest.raises(AssertionError, match="invalid: same cases"):
            check(repo, repo.run())

    def test_a_sample(self, repo: Repository) -> None:
        """Some of the cases prove nothing: inconclusive."""
        assert check(repo, repo.run(limit=100)) == Ruling.INCONCLUSIVE

    def test_a_file(self, repo: Repository) -> None:
        """A baseline may be named by its path, as a path or as a text."""
        path = repo.root / "baselines" / "demo" / "plain.jsonl"
        assert check(repo, repo.run(), path) == Ruling.PROMOTE
        assert check(repo, repo.run(), str(path)) == Ruling.PROMOTE

    def test_another_arm(self, tmp_path: Path) -> None:
        """A name is that of an arm whose baseline is meant."""
        repo = made(tmp_path, '[arms.other]\nextends = "plain"\n' + GATE)
        run = repo.run(arms=["other"])
        assert check(repo, run, "plain") == Ruling.PROMOTE
        with pytest.raises(UsageError, match="has no baseline of arm other; approve"):
            check(repo, run)

    def test_another_run(self, repo: Repository) -> None:
        """Two runs are compared with both replies, which a baseline does not keep."""
        before = repo.run()
        says(repo, "no", 40)
        after = repo.run()
        with pytest.raises(
            AssertionError, match=r"before:   correct: yes\n    now:      wrong: no"
        ):
            check(repo, after, before)
        assert check(repo, before, after) == Ruling.PROMOTE

    def test_one_of_several_arms(self, tmp_path: Path) -> None:
        """Of several arms one must be named."""
        repo = made(tmp_path, '[arms.other]\nextends = "plain"\n' + GATE)
        run = repo.run()
        with pytest.raises(UsageError, match="has 2 arms, name one: plain, other"):
            check(repo, run)
        assert check(repo, run, arm="plain") == Ruling.PROMOTE

    @pytest.mark.parametrize("margin", [0, 1, -0.1])
    def test_a_margin(self, repo: Repository, margin: float) -> None:
        """It is a share between nothing and all."""
        with pytest.raises(UsageError, match="margin = "):
            check(repo, repo.run(), margin=margin)

    def test_an_unknown_arm(self, repo: Repository) -> None:
        """It is told with the arms that there are."""
        with pytest.raises(UsageError, match="no arm 'plane'; arms: plain"):
            check(repo, repo.run(), repo.root / "baselines/demo/plain.jsonl", arm="plane")

    def test_an_edited_baseline(self, repo: Repository) -> None:
        """An edit by hand is no approval."""
        path = repo.root / "baselines" / "demo" / "plain.jsonl"
        path.write_text(path.read_text().replace("the first", "the best"))
        with pytest.raises(DataError, match="edited by hand"):
            check(repo, repo.run())


def test_without_a_policy(repo: Repository) -> None:
    """Changed replies without a margin: compared, and not judged."""
    before = now(repo)
    says(repo, "no", 40)
    after = now(repo)
    found = compared(repo.open(), after.entrant, before.entrant, None)
    assert found.verdict.ruling == Ruling.INCONCLUSIVE
    assert found.comparison is not None
    assert len(found.flips) == 40
