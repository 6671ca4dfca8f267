"""A repository to work in, with an arm that is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflows.repository import Repository

PRICED = """
[prices.m]
as_of = "2026-11-01"
source = "a page"
input = 2.0
output = 8.0
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A suite `demo` of 12 test cases whose arm `plain` is recorded, 9 of them right."""
    made = Repository(tmp_path)
    made.run(mode="record")
    return made
