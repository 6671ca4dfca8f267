"""A repository with two arms whose answers a test writes as letters, and a gate between them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from harness.store.baselines import read_baseline, read_production
from harness.store.decisions import read_decisions
from harness.store.fixtures import fixture_path
from harness.store.runs import Run
from harness.values.baseline import Baseline, Decision, Production
from harness.workflows.gate.gate import Gated, gate
from harness.workflows.gate.promote import Promoted, promote
from tests.workflows.repository import Repository

TODAY = date(2026, 11, 28)
CASES = 40
LABELS = ("yes", "no")
ARMS = """
[arms.other]
extends = "plain"
prompt = "other"
"""
GATE = """
[gate]
candidate = "other"
margin = 0.1
"""
SHOTS = """
[arms.shots]
extends = "plain"
prompt = "shots"
shots = { policy = "random", k = 1, seeds = [1, 2] }
"""
PROMPT = "{{ text }} asked of %s"
GOOD = "+" * CASES
BAD = "-" * 20 + "+" * 20
FEW = "+" * 37 + "-" * 3


def expected(number: int) -> str:
    return LABELS[number % 2]


def usual(split: str, count: int) -> list[dict[str, Any]]:
    """A case says nothing of its answer; half of them have the tag lang=pt."""
    return [
        {
            "id": f"{split}{i}",
            "input": {"text": f"{split} case {i}."},
            "expected": expected(i),
            "tags": {"lang": "pt" if i < count // 2 else "en"},
        }
        for i in range(count)
    ]


class GateRepository(Repository):
    """Arms `plain` (incumbent) and `other` (candidate) on CASES cases; see `answer`."""

    def __init__(self, root: Path, arms: str = ARMS, policy: str = GATE) -> None:
        self._answers: dict[str, str] = {}
        super().__init__(root, arms=arms + policy)
        self.cases("test", usual("test", CASES))
        self.cases("validation", usual("validation", CASES))
        self.cases("train", usual("train", 6))
        self.prompt("plain", PROMPT % "plain")
        self.prompt("other", PROMPT % "other")

    def answer(self, arm: str, letters: str) -> None:
        """What an arm says from now on: + right, - wrong, u nothing, p a bad request, f filtered.

        The shots of an arm do not change it.
        """
        self._answers[arm] = letters
        rules, fail = [], {}
        for name, said in self._answers.items():
            for number, letter in enumerate(said):
                place = f"case {number}. asked of {name}"
                right, wrong = expected(number), LABELS[1 - number % 2]
                if letter in "pf":
                    fail[place] = {"p": "bad_request", "f": "filtered"}[letter]
                answer = {"+": right, "-": wrong}.get(letter, "hm")
                rules.append([place.replace(".", r"\."), answer])
        text = f'[endpoints.fake]\nkind = "scripted"\nrules = {json.dumps(rules)}\n'
        text += "[endpoints.fake.fail]\n"
        text += "".join(
            f"{json.dumps(place)} = {json.dumps(kind)}\n" for place, kind in fail.items()
        )
        self.write("harness.toml", text)

    def record(self, **letters: str) -> None:
        """Record arms anew, with these answers."""
        for arm, said in letters.items():
            self.answer(arm, said)
        for arm in letters:
            fixture_path(self.fixtures, arm).unlink(missing_ok=True)
            self.run(arms=(arm,), mode="record")

    def live(self, arm: str = "other", **choices: Any) -> Run:
        """A live run of an arm, kept in results."""
        return self.run(arms=(arm,), mode="live", **choices)

    def forget(self, arm: str = "plain") -> None:
        """Lose the recordings of an arm."""
        fixture_path(self.fixtures, arm).unlink()

    def silence(self) -> None:
        """From now on every call fails: there is no key, and no server."""
        text = '[endpoints.fake]\nkind = "openai"\nbase_url = "http://127.0.0.1:9/v1"\n'
        self.write("harness.toml", text + 'key_env = "NO_SUCH_KEY_HERE"\n')

    def policy(self, text: str) -> None:
        """Replace the gate of the suite."""
        file = self.folder / "suite.toml"
        file.write_text(file.read_text().partition("[gate]")[0] + "[gate]\n" + text)

    def gate(self, **choices: Any) -> Gated:
        return gate(self.open(), today=TODAY, **choices)

    def promote(self, arm: str = "plain", **choices: Any) -> Promoted:
        return promote(self.open(), arm, **({"reason": "it is good", "today": TODAY} | choices))

    def copy(self, name: str) -> GateRepository:
        """A second checkout beside this one."""
        other = object.__new__(GateRepository)
        other.__dict__.update(self.__dict__)
        other.root = self.root.parent / name
        other.folder = other.root / "suites" / "demo"
        other.fixtures = other.folder / "fixtures"
        other._answers = dict(self._answers)
        shutil.copytree(self.root, other.root)
        return other

    @property
    def approved(self) -> Path:
        return self.root / "baselines" / "demo"

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return read_decisions(self.approved)

    @property
    def production(self) -> Production | None:
        return read_production(self.approved)

    def baseline(self, arm: str = "plain") -> Baseline:
        return read_baseline(self.approved / f"{arm}.jsonl")

    def lines_of(self, split: str = "test") -> list[dict[str, Any]]:
        """The cases of a split, to be changed and written again."""
        text = (self.folder / "data" / f"{split}.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]


def ruling_of(stand: GateRepository, **choices: Any) -> str:
    """What a gate says."""
    return str(stand.gate(**choices).decision.ruling)


def statuses(found: Gated) -> dict[str, str]:
    """Checks that have not passed, by name."""
    return {c.name: c.status for c in found.verdict.checks if c.status != "passed"}


def evidence(found: Gated, name: str) -> str:
    """The evidence of all checks of a name."""
    return " | ".join(c.evidence for c in found.verdict.checks if c.name == name)


def flip_label(stand: GateRepository, *numbers: int) -> None:
    rows = stand.lines_of()
    for number in numbers:
        rows[number]["expected"] = {"yes": "no", "no": "yes"}[rows[number]["expected"]]
    stand.cases("test", rows)
