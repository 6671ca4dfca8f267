"""When numbers are less than they seem: both sides of each threshold."""

from __future__ import annotations

from typing import Any

import pytest

from harness.analysis.advice.trust import ArmTrust, Trust, trust_advice
from harness.values.leaks import LeakReport


def an_arm(name: str = "plain", mean: float = 0.5, lost: float = 0.0, **more: Any) -> ArmTrust:
    return ArmTrust(name=name, mean=mean, lost=lost, **{"truncated": 0.0, **more})


def advice(*arms: ArmTrust, **more: Any):
    seen = Trust(suite="demo", split="test", graded=False, cases=100, arms=arms, **more)
    return trust_advice(seen)


def rules(*arms: ArmTrust, **more: Any) -> list[str]:
    return [one.rule for one in advice(*arms, **more)]


def test_nothing_is_found():
    """The evidence says what was looked at."""
    (found,) = advice(an_arm(leaks=LeakReport(status="clean")), an_arm("other"))
    assert (found.rule, found.status) == ("trusted", "fine")
    assert "2 arms answered all 100 cases" in found.evidence[0]
    assert "Leaks were looked for in plain: none." in found.evidence


@pytest.mark.parametrize(
    ("arm", "rule"),
    [
        (an_arm(lost=0.02), "trusted"),
        (an_arm(lost=0.021), "errors"),
        (an_arm(gap="incomplete"), "incomplete"),
        (an_arm(truncated=0.02), "trusted"),
        (an_arm(truncated=0.03, max_tokens=8), "truncated"),
        (an_arm(models=("a",)), "trusted"),
        (an_arm(models=("a", "b")), "mixed-models"),
        (an_arm(leaks=LeakReport(status="leaky", cases=("c1",))), "leaks"),
        (an_arm(leaks=LeakReport(status="unknown", reason="it is lost")), "leaks-unknown"),
    ],
)
def test_thresholds(arm, rule):
    """What a gate accepts is accepted; one more is not."""
    (found,) = advice(arm)
    assert found.rule == rule
    assert found.evidence
    assert (found.status == "fine") == (rule == "trusted")
    assert bool(found.next_step) == (rule != "trusted")


def test_cut_replies_that_could_not_make_their_arm_the_best_are_harmless():
    """0.2 + 0.3 is below 0.6 and not below 0.5."""
    cut = an_arm("cut", 0.2, truncated=0.3, max_tokens=8)
    assert rules(cut, an_arm("best", 0.6)) == ["trusted", "truncated-harmless"]
    assert rules(cut, an_arm("best", 0.5)) == ["truncated"]
    (_, harmless) = advice(cut, an_arm("best", 0.6))
    assert harmless.evidence == (
        "cut: 30.0% cut off at 8 tokens. At most 50.0%, and the best reaches 60.0%.",
    )


def test_what_is_not_recorded_is_named_with_its_command():
    """Beside whatever is found of the others."""
    found = advice(an_arm(), lacking=["other"], recording="harness run demo --arm other --record")[
        -1
    ]
    assert (found.rule, found.status) == ("not-recorded", "cannot_tell")
    assert found.next_step == "harness run demo --arm other --record"


def test_the_record_that_lacks_a_file_is_named():
    """Of an arm that was tuned; what another one learned is written nowhere."""
    lost = LeakReport(status="unknown", reason="it is lost")
    (found,) = advice(an_arm(leaks=lost, training="lora"))
    assert found.next_step.startswith("name the training file in training/lora.toml ")
    (found,) = advice(an_arm(leaks=lost))
    assert found.next_step == "ask fresh cases"
