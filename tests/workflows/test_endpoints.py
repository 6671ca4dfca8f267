"""From specifications to endpoints and identities."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.providers.anthropic.endpoint import open_endpoint as open_anthropic
from harness.providers.classical.endpoint import ClassicalEndpoint
from harness.providers.openai.fast import FastEndpoint
from harness.providers.scripted.endpoint import ScriptedEndpoint
from harness.runner.lane import LaneLimits
from harness.values.endpoint import (
    AnthropicSpec,
    ClassicalSpec,
    EndpointSpec,
    LocalSpec,
    OpenAISpec,
    ScriptedSpec,
)
from harness.values.request import ModelIdentity
from harness.values.score import Outcome
from harness.workflows.endpoints import identity_of, limits, open_endpoint

from .repository import Repository

CLASSICAL = '[arms.classical]\nmodel = "tfidf_logreg"\n'
OWN = """
class Constant:
    def fit(self, texts, labels):
        self.label = sorted(labels)[0]
    def predict(self, texts):
        return [self.label for _ in texts]
def constant():
    return Constant()
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path, arms=CLASSICAL)


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        (OpenAISpec(key_env=""), FastEndpoint),
        (AnthropicSpec(key_env=""), type(open_anthropic(AnthropicSpec(key_env="")))),
        (ScriptedSpec(), ScriptedEndpoint),
        (ClassicalSpec(), ClassicalEndpoint),
    ],
)
def test_kinds(repository: Repository, spec: EndpointSpec, kind: type) -> None:
    """Each kind of specification has its provider."""
    suite = repository.open()
    assert isinstance(open_endpoint(spec, suite, [suite.arms["classical"]]), kind)


def test_a_missing_key_is_said_before_anything_runs(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named, and no run folder is left."""
    monkeypatch.delenv("SOME_KEY", raising=False)
    hosted = '[endpoints.fake]\nkind = "openai"\nkey_env = "SOME_KEY"\n'
    repository.write("harness.toml", hosted)
    with pytest.raises(UsageError, match="SOME_KEY"):
        repository.run(mode="live")
    assert repository.runs == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            OpenAISpec(concurrency=3, rpm=60, tpm=1000, attempts=2, deadline=9),
            LaneLimits(3, 2, 9, 60, 1000),
        ),
        (AnthropicSpec(), LaneLimits(None, 8, 600.0)),
        (LocalSpec(slots=2, attempts=3), LaneLimits(2, 3, 300.0)),
        (ScriptedSpec(), LaneLimits(1, 1, 600.0)),
    ],
)
def test_limits(spec: EndpointSpec, expected: LaneLimits) -> None:
    """What an endpoint declares is what its lane keeps to."""
    assert limits(spec) == expected


def test_identity_of_a_hosted_model(repository: Repository) -> None:
    """Its name on the wire."""
    suite = repository.open()
    assert identity_of(suite.arms["plain"], ScriptedSpec(), suite) == ModelIdentity("m")


def test_identity_of_a_classifier(repository: Repository) -> None:
    """What it learned from: other training cases or labels make it another model."""
    seen = set()
    for old, new in (("yes, train", "yes, train"), ("yes, train 0", "y"), ('"no"', '"yes"')):
        repository.replace("data/train.jsonl", old, new)
        suite = repository.open()
        identity = identity_of(suite.arms["classical"], ClassicalSpec(), suite)
        seen.add(identity.settings["training"])
    assert len(seen) == 3


def test_the_classical_arm_runs(repository: Repository) -> None:
    """It learns from the training split and reads what the others read."""
    finished = repository.run()
    assert finished.arms["classical"].outcomes()[Outcome.CORRECT] >= 9
    assert finished.info.arms["classical"].server.startswith("scikit-learn ")


def test_a_classifier_of_the_suite(repository: Repository) -> None:
    """`module:function` builds it."""
    repository.write("suites/demo/classical.py", OWN)
    repository.replace("suite.toml", '"tfidf_logreg"', '"classical:constant"')
    finished = repository.run(arms=["classical"])
    assert finished.arms["classical"].outcomes()[Outcome.CORRECT] == 6


def test_a_classifier_that_is_not_there(repository: Repository) -> None:
    """The file and the name are said."""
    repository.write("suites/demo/classical.py", OWN)
    repository.replace("suite.toml", '"tfidf_logreg"', '"classical:konstant"')
    with pytest.raises(UsageError, match=r"classical\.py has no function 'konstant'"):
        repository.run()
