"""What is recorded on validation in, which arm it chooses and the best of each kind out."""

from __future__ import annotations

from harness.analysis.advice.approach import Approach, Chosen
from harness.analysis.advice.cases import TARGET, Cases
from harness.analysis.selection import Chosen as Choice
from harness.analysis.selection import choose
from harness.errors import UsageError
from harness.store.baselines import read_production
from harness.store.selections import read_selection
from harness.store.suite import Suite
from harness.values.arm import ArmKind
from harness.workflows.advise.measured import Measured, replay_of
from harness.workflows.lanes import record_command
from harness.workflows.select import CHOOSING, LEAST_ARMS, offers_of
from harness.workflows.untold import untold_arms

_HOW: dict[ArmKind, str] = {
    "zero_shot": "a zero-shot arm: [arms.NAME] with a model and a prompt",
    "few_shot": 'a few-shot arm: shots = { policy = "similar", k = 6 }',
    "fine_tuned": 'a fine-tuned arm: training = "lora", then harness tune',
    "classical": 'a classical arm: [arms.classical] model = "tfidf_logreg"',
}


def approach_of(seen: Measured) -> Approach:
    """The arms on the judged split, and what validation says of them."""
    suite, info = seen.suite, seen.run.info
    choice, command = _choice(seen)
    kinds = {name: info.arms[name].kind for name in seen.entrants}
    means = (
        {name: side.mean for name, side in seen.sides.items()}
        if choice is None
        else {name: rated.mean for name, rated in choice.rated.items()}
    )
    folder = suite.settings.baselines / suite.name
    production, selection = read_production(folder), read_selection(folder)
    return Approach(
        suite=suite.name,
        split=info.split,
        graded=info.graded,
        sides=seen.sides,
        kinds=kinds,
        best=_best(means, kinds),
        chosen=None if choice is None else _as_chosen(choice),
        choosing=command,
        production=production.arm if production else "",
        selected=selection.arm if selection else "",
        missing=_missing(suite),
        margin=target_of(suite)[0],
    )


def _choice(seen: Measured) -> tuple[Choice | None, str]:
    """The choice on validation among the arms that are judged, or what makes it possible.

    A frozen arm that nobody recorded there cannot be among them, and blocks nothing.
    """
    suite = seen.suite
    if CHOOSING not in suite.splits:
        return None, f"harness data split {suite.file.data.train or 'FILE'}"
    with replay_of(suite, list(seen.entrants), CHOOSING) as run:
        able = run.info.arms if run else {}
        lacking = [n for n in seen.entrants if n not in able and not suite.arms[n].frozen]
        command = record_command(suite.name, lacking, CHOOSING, 1)
        if run is None or lacking or len(able) < LEAST_ARMS:
            return None, command
        try:
            return choose(offers_of(run)), ""
        except UsageError:  # every arm lost too many replies to be chosen
            return None, command


def _as_chosen(choice: Choice) -> Chosen:
    best = choice.rated[choice.best]
    return Chosen(
        arm=choice.arm,
        best=choice.best,
        among=tuple(sorted(choice.rated, key=lambda name: -choice.rated[name].mean)),
        mean=choice.rated[choice.arm].mean,
        standard_error=best.spread.standard_error,
        clusters=best.spread.clusters,
        cheapest_by=choice.cheapest_by,
    )


def _best(means: dict[str, float], kinds: dict[str, ArmKind]) -> dict[ArmKind, str]:
    """The best arm of each kind, the best kind first; of equals the first of the suite."""
    best: dict[ArmKind, str] = {}
    for name in sorted(means, key=lambda name: -means[name]):
        best.setdefault(kinds[name], name)
    return best


def _missing(suite: Suite) -> dict[ArmKind, str]:
    """Kinds of which the suite has no arm; classical only where the answers are labels.

    Shots and training need a training split. A model that was tuned, as its name says, is none
    that is missing, whatever is written of its training.
    """
    there: set[ArmKind] = {arm.kind for arm in suite.arms.values()}
    there |= {"fine_tuned"} if untold_arms(suite) else set()
    wanted: list[ArmKind] = ["zero_shot"]
    if "train" in suite.splits:
        wanted += ["few_shot", "fine_tuned"]
        wanted += ["classical"] if suite.scorers[0].label is not None else []
    return {kind: _HOW[kind] for kind in wanted if kind not in there}


def cases_of(seen: Measured, approach: Approach) -> Cases | None:
    """The pair that the policy is about; without one, the chosen arm and its nearest rival."""
    pair = _policy_pair(seen, approach) or _best_pair(approach)
    if pair is None:
        return None
    reference, candidate = (seen.sides[name] for name in pair)
    target, source = target_of(seen.suite)
    policy = seen.suite.file.gate
    common = [id_ for id_ in reference.ids if id_ in set(candidate.ids)]
    return Cases(
        reference=reference.on(common),
        candidate=candidate.on(common),
        target=target,
        bar=policy.bar if policy else 0.0,
        source=source,
    )


def _policy_pair(seen: Measured, approach: Approach) -> tuple[str, str] | None:
    policy = seen.suite.file.gate
    if policy is None:
        return None
    incumbent = policy.incumbent or approach.production
    pair = (incumbent, policy.candidate)
    return pair if set(pair) <= set(seen.sides) and incumbent != policy.candidate else None


def _best_pair(approach: Approach) -> tuple[str, str] | None:
    own = approach.chosen.arm if approach.chosen else next(iter(approach.best.values()))
    rivals = dict.fromkeys((*approach.best.values(), *approach.sides))
    return next(((arm, own) for arm in rivals if arm != own), None)


def target_of(suite: Suite) -> tuple[float, str]:
    """The smallest difference that matters, and who says so."""
    policy = suite.file.gate
    if policy is None or policy.margin == 0:
        return TARGET, "a convention: the suite has no margin of its own"
    return policy.margin, "the margin of [gate]"
