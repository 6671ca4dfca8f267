"""Models that end soon: which arms, what is recorded, and the command for the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.workflows.check import check
from harness.workflows.shutdown import shutdown_warnings

from .repository import Repository

HOSTED = '[endpoints.fake]\nkind = "openai"\nkey_env = ""\nbase_url = "http://127.0.0.1:9"\n'
TODAY = date(2026, 11, 22)
TRAINING = 'provider = "openai"\nbase = "gpt-4.1-mini"\nmethod = "supervised"\nmodel = "ft:x"\n'


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A suite whose arm asks a hosted model that the table of prices gives a last day."""
    made = Repository(tmp_path, endpoints=HOSTED)
    made.replace("suite.toml", 'model = "m"\n[arms', 'model = "gpt-4o-mini-2024-07-18"\n[arms')
    return made


def _one(repository: Repository, today: date = TODAY, **more) -> str:
    (warning,) = shutdown_warnings(repository.open(), today, **more)
    return str(warning)


def test_a_model_of_the_table_of_prices(repository: Repository) -> None:
    """Day, days left, source, what is recorded, and the commands with three trials."""
    text = _one(repository)
    assert "gpt-4o-mini-2024-07-18 ends in 53 days, on 2027-01-14" in text
    assert "recorded: validation 0 of 4, test 0 of 12" in text
    assert "harness run demo --arm plain --split validation --trials 3 --record" in text
    assert "harness run demo --arm plain --trials 3 --record" in text


def test_greedy_decoding_needs_one_trial(repository: Repository) -> None:
    """At temperature 0 a second reply says nothing new."""
    repository.replace(
        "suite.toml", 'prompt = "plain"', 'prompt = "plain"\nsampling = { temperature = 0 }'
    )
    assert "--trials" not in _one(repository)


def test_beyond_the_horizon_nothing_is_said(repository: Repository) -> None:
    """The suite decides how early: 90 days unless it says otherwise."""
    assert shutdown_warnings(repository.open(), date(2026, 9, 1)) == []
    repository.replace(
        "suite.toml", "[models.m]", "[fixtures]\nshutdown_warning_days = 200\n[models.m]"
    )
    assert "ends in 135 days" in _one(repository, date(2026, 9, 1))


def test_afterwards_nothing_can_be_asked(repository: Repository) -> None:
    """What is missing is lost, and the warning says so instead of a command."""
    text = _one(repository, date(2027, 2, 1))
    assert "ended on 2027-01-14" in text
    assert "can never be asked" in text
    assert "--record" not in text


def test_provenance_and_the_endpoints_own_list(repository: Repository) -> None:
    """The earliest day that anything says counts."""
    repository.write("suites/demo/training/old.toml", TRAINING + 'shutdown = "2026-12-24"\n')
    repository.replace("suite.toml", "[arms.plain]", '[arms.plain]\ntraining = "old"')
    assert "ft:x ends in 32 days, on 2026-12-24 (training/old.toml)" in _one(repository)
    text = _one(repository, listed={"ft:x": "2026-12-01"})
    assert "ends in 9 days, on 2026-12-01 (the model list of endpoint fake)" in text


def test_a_frozen_arm_that_is_recorded_is_safe(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All recorded: be told to freeze it; frozen: nothing more to say."""
    monkeypatch.setattr(
        "harness.workflows.shutdown._recorded", lambda *_: {"validation": 4, "test": 12}
    )
    assert "set frozen = true in [arms.plain]" in _one(repository)
    repository.replace("suite.toml", "[arms.plain]", "[arms.plain]\nfrozen = true")
    assert shutdown_warnings(repository.open(), TODAY) == []


def test_it_is_a_warning_and_no_problem(repository: Repository) -> None:
    """`harness check` shows it and still finds the suite in order."""
    (report,) = check([], repository.root, today=TODAY)
    assert report.problems == ()
    assert "warning: " in str(report)


def test_a_deployment_ends_with_its_base(repository: Repository) -> None:
    """Azure's names say nothing; the training's base stands in the table and in the lists."""
    repository.replace("suite.toml", '"gpt-4o-mini-2024-07-18"', '"stars-prod"')
    repository.replace("suite.toml", "[arms.plain]", '[arms.plain]\ntraining = "old"')
    text = TRAINING.replace('model = "ft:x"\n', "")
    repository.write("suites/demo/training/old.toml", text)
    assert "stars-prod ends in 53 days, on 2027-01-14" in _one(repository)
    listed = {"gpt-4.1-mini": "2026-12-01"}
    assert "2026-12-01 (the model list of endpoint fake)" in _one(repository, listed=listed)
