from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.reports.notes import accuracy_notes, is_stale, replicate_noun, usage_notes, warnings
from harness.reports.standing import standings
from harness.values.baseline import Selection, Tried
from harness.values.leaks import LeakReport
from harness.values.score import Outcome
from tests.approved import measured

from .runs import (
    arm_info,
    columns,
    graded_run,
    outcomes,
    record,
    run_info,
    stars,
    troubled_run,
    usual_run,
)


def notes_of(run):
    info, arms = run
    return accuracy_notes(info, standings(info, arms))


def one_arm(records, cases, **options):
    """A run of one complete arm."""
    made = columns(records)
    arm = arm_info(planned=len(made), **options.pop("arm", {}))
    return run_info({"a": arm}, cases, **options), {"a": made}


@pytest.mark.parametrize("status", ["limited", "budget", "interrupted", "running"])
def test_a_run_that_is_not_whole_says_so_first(status):
    """The first note of such a run is the warning."""
    notes = notes_of(one_arm(stars(outcomes(30, 30)), 60, status=status))
    assert notes[0].startswith("Warning: this run ")


def test_a_limited_run_names_its_limit():
    """Twenty cases read as twenty, not as the split."""
    notes = notes_of(one_arm(stars(outcomes(20)), 60, status="limited", limit=20))
    assert "limited to 20 cases" in notes[0]


def test_a_complete_run_has_no_warning():
    """A warning that always stands there is read by nobody."""
    info, arms = usual_run()
    assert warnings(info, standings(info, arms)) == []


def test_an_arm_that_ended_says_where_and_why():
    """The reason is the server's own, on one line."""
    notes = notes_of(troubled_run())
    assert any("no_key ended early after 1 of 60 replies (auth: 401" in note for note in notes)
    assert any("broken_off is incomplete: it has 23 of 60 replies" in note for note in notes)


def leaky(*cases, status="leaky", **options):
    """Options of an arm into which these cases leaked."""
    return {"leaks": LeakReport(status=status, compared=300, cases=cases, **options)}


def test_leaks_are_a_warning_with_the_first_cases():
    """The number of leaked cases stands there, five ids, and what leaves them out."""
    ids = [f"c{i}" for i in range(7)]
    notes = notes_of(one_arm(stars(outcomes(30, 30)), 60, arm=leaky(*ids)))
    assert notes[0] == (
        "Warning: leaks into a: 7 cases of the test split had been learned from or shown "
        "(c0, c1, c2, c3, c4 and 2 more); --clean-subset leaves out what leaked."
    )


def test_arms_with_the_same_leaks_share_a_warning():
    """Three arms that learn from one split are one sentence."""
    info, arms = usual_run()
    met = {n: replace(info.arms[n], **leaky("c1")) for n in ("few_shot", "classical")}
    notes = notes_of((replace(info, arms=info.arms | met), arms))
    assert sum("leaks into few_shot and classical: 1 case of" in note for note in notes) == 1


def test_unknown_leaks_are_a_warning_with_the_reason():
    """Nobody can say what a model learned from when its file is lost."""
    lost = leaky(status="unknown", reason="train.jsonl, which was learned from, is not here")
    notes = notes_of(one_arm(stars(outcomes(30)), 30, arm=lost))
    assert notes[0].startswith("Warning: leaks into a are unknown: train.jsonl, which")


def test_a_clean_arm_needs_no_note():
    """What was compared and found clean changes no page."""
    run = one_arm(stars(outcomes(30)), 30)
    clean = one_arm(stars(outcomes(30)), 30, arm=leaky(status="clean"))
    assert notes_of(clean) == notes_of(run)


def test_a_clean_subset_says_what_is_left():
    """What was left out is counted by arm, and warned of no more."""
    run = one_arm(stars(outcomes(30, 23)), 53, arm=leaky("c1", "c2"), excluded=("c1", "c2"))
    notes = notes_of(run)
    assert "Clean subset: 53 of 55 cases (2 leaked into a)." in notes
    assert not any(note.startswith("Warning") for note in notes)


def test_mixed_models_are_a_warning():
    """An arm that two models answered measures neither."""
    notes = notes_of(troubled_run())
    assert any("guessed was answered by different models" in note for note in notes)


@pytest.mark.parametrize(
    ("records", "text"),
    [
        (stars(outcomes(6, 4)), "Wilson's score interval over 10 cases."),
        (
            [record(case, seed=seed) for seed in (1, 2) for case in range(10)],
            "each case averaged over its 2 shot seeds, then Wilson's score interval over 10 cases",
        ),
        (
            [record(case, group=f"g{case % 5}") for case in range(10)],
            "over 10 cases in 5 groups, widened",
        ),
        ([record(0)], "none, because it needs two cases"),
    ],
)
def test_the_interval_says_how_it_was_made(records, text):
    """Each method of `case_interval` has its sentence."""
    run = one_arm(records, len({one.case for one in records}))
    assert sum(text in note for note in notes_of(run)) == 1


def test_few_groups_are_a_warning():
    """Below ten clusters an interval is rough."""
    assert any("8 groups are few" in note for note in notes_of(graded_run()))


def test_errors_are_named_by_who_made_them():
    """One column adds up three kinds; the note takes them apart."""
    lost = ((Outcome.PROVIDER_ERROR, 2), (Outcome.HARNESS_ERROR, 1))
    notes = notes_of(one_arm(stars(outcomes(5, 2, 0, *lost)), 10))
    assert any("Errors of a, in replies: 2 provider and 1 harness." in note for note in notes)


def test_replay_names_its_days_and_never_today():
    """A page made from recordings must not change with the day it is made on."""
    days = {"recorded": ("2026-11-20", "2026-10-01")}
    notes = notes_of(one_arm(stars(outcomes(10)), 10, arm=days))
    assert "Replies: replayed from recordings of 2026-10-01 to 2026-11-20." in notes
    assert "2026-11-21" not in "".join(notes)


def test_live_names_its_day():
    """Hosted models change; the day belongs to the number."""
    notes = notes_of(one_arm(stars(outcomes(10)), 10, arm={"replayed": False}, mode="live"))
    assert "Replies: asked live on 2026-11-21." in notes


def test_unknown_and_estimated_usage_are_said():
    """Each arm whose tokens are not the server's is named."""
    info, arms = troubled_run()
    notes = "\n".join(usage_notes(standings(info, arms)))
    assert "Warning: 60 replies of silent came without usage" in notes
    assert "Warning: 20 replies of half_silent" in notes
    assert "60 replies of guessed" in notes
    assert "what failed attempts used is unknown" in notes


@pytest.mark.parametrize(
    ("pairs", "noun"),
    [
        ([(1, 0), (2, 0)], "shot seed"),
        ([(0, 0), (0, 1)], "trial"),
        ([(1, 0), (2, 1)], "replicate"),
    ],
)
def test_replicates_have_their_own_name(pairs, noun):
    """Shot seeds and trials are different sources of variance."""
    made = columns(record(0, seed=seed, trial=trial) for seed, trial in pairs)
    assert replicate_noun(made) == noun


def chosen(arm: str, *, digest: str = "a" * 24, scoring: str = "") -> Selection:
    """A selection among all arms of the usual run, whose arms have that digest."""
    names = dict.fromkeys(["zero_shot", "few_shot", "fine_tuned", "classical", arm])
    tried = Tried(
        mean=0.9,
        standard_error=0.02,
        within=True,
        measured=replace(measured(), arm=digest, scoring=scoring),
    )
    return Selection(
        arm=arm,
        split="validation",
        date="2026-11-28",
        rule="a rule",
        cheapest_by="tokens",
        arms=dict.fromkeys(names, tried),
    )


def with_selection(selection: Selection | None, **change):
    info, arms = usual_run()
    return replace(info, selection=selection, **change), arms


def with_replies_of(*days):
    """A run with a selection of 2026-11-28 whose chosen arm was recorded on some days."""
    info, arms = with_selection(chosen("few_shot"))
    recorded = replace(info.arms["few_shot"], recorded=days)
    return replace(info, arms=info.arms | {"few_shot": recorded}), arms


def test_the_chosen_arm_carries_the_claim():
    """Among how many, where and when; the other rows are descriptive."""
    notes = notes_of(with_replies_of("2026-11-28"))
    assert notes[0] == (
        "few_shot carries the claim on this split: chosen among 4 arms on validation "
        "(2026-11-28); the other rows are descriptive."
    )
    assert sum("chosen" in note for note in notes) == 1


def test_a_choice_that_came_late_says_so():
    """Replies to the test split that were recorded before the choice were there to be seen."""
    notes = notes_of(with_replies_of("2026-11-21", "2026-11-28"))
    assert "(2026-11-28), after its replies to this split had been recorded; the other" in notes[0]


def test_several_arms_of_which_none_was_chosen():
    """How many were tried belongs to the best number among them."""
    notes = notes_of(with_selection(None))
    assert notes[0] == (
        "4 arms were tried on this split and none was chosen on validation beforehand: the best "
        "of several looks better than it is (harness select)."
    )


@pytest.mark.parametrize("change", [{"digest": "b" * 24}, {"scoring": "old"}])
def test_a_selection_of_an_older_state_says_so(change):
    """The prompt was edited since, or the scorers were: nothing carries the claim."""
    run = with_selection(chosen("few_shot", **change))
    assert is_stale(run[0])
    assert notes_of(run)[0] == (
        "few_shot was chosen among 4 arms on validation (2026-11-28), and it or the scoring has "
        "changed since: the selection is of an older state and no row carries the claim "
        "(harness select)."
    )


def test_a_chosen_arm_that_was_not_run():
    """Then no row is what was chosen."""
    run = with_selection(chosen("other"))
    assert not is_stale(run[0])
    assert notes_of(run)[0] == (
        "other was chosen among 5 arms on validation (2026-11-28) and is not in this run: all its "
        "rows are descriptive."
    )


def test_one_arm_and_other_splits_have_no_such_note():
    """Where nothing was chosen among, nothing is said; validation is to choose on."""
    assert not any("chosen" in note for note in notes_of(with_selection(None, split="validation")))
    one = one_arm(stars(outcomes(30)), 30, selection=chosen("a"))
    assert not any("claim" in note for note in notes_of(one))
