"""A real pytest to run, and a suite for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np  # noqa: F401 - cannot be loaded twice, as pytests within this process would
import pytest
import scipy.special  # noqa: F401 - the same

from .approved_suite import ApprovedSuite


@pytest.fixture(scope="session")
def _first(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ApprovedSuite]:
    @cache
    def first(**choices: object) -> ApprovedSuite:
        return ApprovedSuite(tmp_path_factory.mktemp("suite"), **choices)

    return first


@pytest.fixture
def made(
    _first: Callable[..., ApprovedSuite],
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., ApprovedSuite]:
    """Makes a suite; a pytest within this process loads no plugin but those it is told."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return lambda **choices: _first(**choices).moved_to(pytester)


@pytest.fixture
def suite(made: Callable[..., ApprovedSuite]) -> ApprovedSuite:
    """A suite with [gate], whose arm `plain` is recorded and approved."""
    return made()
