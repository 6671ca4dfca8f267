"""A repository whose arm `plain` is recorded and approved, and pytest runs on it."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from workflows.repository import SCRIPTED, Repository, usual_cases

from harness.values.reply import Answer, assistant
from harness.workflows.gate.promote import promote

GATE = """
[gate]
candidate = "plain"
margin = 0.1
"""
CASES = 200
RIGHT = 150
SUITE_FILE = "suites/demo/suite.toml"
ITEM = f"{SUITE_FILE}::plain"
PLUGIN = ("-p", "harness.pytest_plugin")


class ApprovedSuite(Repository):
    """`plain` answered 200 cases, 150 of them right: case 0, 1 and 2 of every four."""

    pytester: pytest.Pytester

    def __init__(
        self, root: Path, *, gate: str = GATE, approved: bool = True, halves: bool = False
    ) -> None:
        super().__init__(root, SCRIPTED, gate)
        rows = usual_cases("test", CASES)
        if halves:
            rows = [row | {"tags": {"half": "ab"[2 * i // CASES]}} for i, row in enumerate(rows)]
        self.cases("test", rows)
        self.run(arms=["plain"], mode="record", results=root / "elsewhere")
        shutil.rmtree(root / "elsewhere")
        if approved:
            self.approve()

    def moved_to(self, pytester: pytest.Pytester) -> ApprovedSuite:
        """A copy for one test."""
        other = copy.copy(self)
        other.pytester, other.root = pytester, pytester.path
        other.folder = other.root / "suites" / "demo"
        other.fixtures = other.folder / "fixtures"
        shutil.copytree(self.root, other.root, dirs_exist_ok=True)
        return other

    @property
    def baseline(self) -> Path:
        return self.root / "baselines" / "demo" / "plain.jsonl"

    def approve(self, arm: str = "plain") -> None:
        promote(self.open(), arm, reason="as good as it gets", baseline_only=True)

    def fails_on(self, text: str) -> None:
        """The model is down for prompts that hold a text."""
        self.write("harness.toml", SCRIPTED + f'fail = {{ "{text}" = "bad_request" }}\n')

    def says(self, text: str, cases: Iterable[str], arm: str = "plain", **usage: int) -> None:
        """Record another reply to some cases."""
        wanted = set(cases)
        self.write_lines(
            [_said(x, text, usage) if x.case in wanted else x for x in self.lines(arm)]
        )

    def check(self, *args: str, options: tuple[str, ...] = ()) -> pytest.RunResult:
        """A pytest in this process, with this plugin alone."""
        return self.pytester.runpytest_inprocess(*PLUGIN, *options, *(args or ("suites",)))


def _said(line: Any, text: str, usage: Mapping[str, int]) -> Any:
    assert isinstance(line.reply, Answer)
    known = line.reply.usage
    used = msgspec.structs.replace(known, **usage) if usage and known else known
    reply = msgspec.structs.replace(line.reply, message=assistant(text), usage=used)
    return msgspec.structs.replace(line, reply=reply)


def right(count: int) -> list[str]:
    """The first cases that are answered "yes", and rightly: every fourth."""
    return [f"test{4 * number}" for number in range(count)]


def missed(count: int) -> list[str]:
    """The first cases that are not answered; "no" is expected of them."""
    return [f"test{4 * number + 3}" for number in range(count)]
