"""Comparing arms, runs and baselines: what belongs together, what is refused, and what is found."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import harness
from harness.errors import DataError, UsageError
from harness.reports.compare.json import compare_json
from harness.reports.compare.page import compare_page
from harness.values.score import Outcome
from harness.workflows.compare.compare import Compared, compare
from harness.workflows.gate.promote import promote

from .repository import CASES, RIGHT, SHOTS, Repository, case, usual_cases

ARMS = """
[arms.always]
extends = "plain"
prompt = "always"
[arms.silent]
extends = "plain"
prompt = "silent"
[arms.copy]
extends = "plain"
prompt = "copy"
"""
COPIES = {"plain", "copy"}  # they say the same to everything


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Four recorded arms: `plain` and `copy` are right on 9 of 12, `always` on 6, `silent` on 0."""
    made = Repository(tmp_path, arms=ARMS)
    made.prompt("always", "It says yes. {{ text }}")
    made.prompt("silent", "About {{ text }}.")
    made.prompt("copy", "Here the text says {{ text }}.")
    made.run(mode="record")
    return made


def compared(repository: Repository, **choices) -> Compared:
    return compare(repository.open(), **choices)


def relabelled(rows, number: int):
    """The same rows with the expected value of one turned round."""
    turned = {"yes": "no", "no": "yes"}
    return [
        row | ({"expected": turned[row["expected"]]} if at == number else {})
        for at, row in enumerate(rows)
    ]


# ------------------------------------------------------------------------------ what is compared


def test_all_recorded_arms_are_compared_with_the_first(repository: Repository):
    """Without a policy the reference is the first arm."""
    found = compared(repository)
    assert found.reference == "plain"
    assert [one.candidate for one in found.comparisons] == ["always", "silent", "copy"]
    always = found.comparisons[0]
    assert always.difference.estimate == pytest.approx((6 - RIGHT) / CASES)
    assert always.difference.method == "score"
    assert [len(side) for side in found.sides] == [CASES] * 4


def test_the_incumbent_of_the_policy_is_the_reference(repository: Repository):
    """What a gate compares with is what a comparison compares with."""
    policy = '[gate]\ncandidate = "plain"\nincumbent = "always"\nmargin = 0.1\n'
    repository.replace("suite.toml", "[models.m]", f"{policy}[models.m]")
    assert compared(repository).reference == "always"


def test_what_is_in_production_is_the_reference(repository: Repository):
    """The others want its place; a policy that names an incumbent goes before it."""
    promote(repository.open(), "always", reason="the first", today=date(2026, 11, 28))
    assert compared(repository).reference == "always"
    assert compared(repository, arms=("plain", "copy")).reference == "plain"
    found = compared(repository, arms=("plain", "always"), baselines=("always",))
    assert found.reference == "always (baseline)"


def test_the_first_arm_that_is_named_is_the_reference(repository: Repository):
    """The order of the words counts, and not that of the suite."""
    found = compared(repository, arms=["silent", "plain"])
    assert (found.reference, [side.name for side in found.sides]) == ("silent", ["silent", "plain"])


def test_a_reference_can_be_named(repository: Repository):
    """It stands first, and all others are compared with it."""
    found = compared(repository, reference="silent")
    assert [side.name for side in found.sides] == ["silent", "plain", "always", "copy"]
    assert {one.reference for one in found.comparisons} == {"silent"}


def test_all_pairs_are_each_with_each(repository: Repository):
    """Six pairs of four arms, one family."""
    found = compared(repository, all_pairs=True)
    pairs = {(one.reference, one.candidate) for one in found.comparisons}
    assert len(pairs) == 6
    assert found.all_pairs


def test_unparsed_replies_are_told_from_wrong_ones(repository: Repository):
    """What `silent` says is no label at all."""
    found = compared(repository, arms=["plain", "silent"]).comparisons[0]
    assert found.transitions[Outcome.CORRECT] == {Outcome.UNPARSED: RIGHT}


def test_the_cases_that_moved_come_with_both_replies(repository: Repository):
    """Lost before gained, each with input, expected value and what was said."""
    found = compared(repository, arms=["plain", "always"])
    (moved,) = found.moved
    assert [one.case for one in moved] == [*found.comparisons[0].lost, *found.comparisons[0].gained]
    first = moved[0]
    assert first.expected == "no"
    assert first.input["text"].startswith("no")
    assert first.reference is not None
    assert first.candidate is not None
    assert first.reference.outcome == Outcome.CORRECT
    assert first.candidate.outcome == Outcome.WRONG


def test_harness_compare_is_the_python_api(repository: Repository):
    """`harness.compare` by the path of a suite's folder."""
    found = harness.compare(repository.folder, arms=["plain", "always"])
    assert isinstance(found, Compared)


# ----------------------------------------------------------------------------------- refusals


def test_one_side_is_no_comparison(repository: Repository):
    """It says how to get a second one."""
    with pytest.raises(UsageError, match="needs two sides, and there is one"):
        compared(repository, arms=["plain"])


def test_nothing_recorded_is_no_comparison(tmp_path: Path):
    """A new suite has nothing to compare: what records it is said, and what else there is."""
    said = r"nothing is recorded for demo: .*\n    harness run demo --record\nor .* --run newest"
    with pytest.raises(UsageError, match=said):
        compare(Repository(tmp_path).open())


@pytest.mark.parametrize(
    ("choices", "text"),
    [
        ({"arms": ["plain", "nobody"]}, "demo has no arm 'nobody'; arms: plain, always"),
        ({"runs": ["nothing"]}, "demo has no run nothing"),
        ({"baselines": ["plain"]}, "demo has no baseline of arm plain"),
        ({"baselines": ["nobody"]}, "demo has no baseline of arm nobody"),
        ({"reference": "nobody"}, "no side 'nobody' to refer to; sides: plain, always"),
        ({"adjustment": "none"}, "no adjustment 'none': holm, bh, bonferroni"),
        ({"split": "extra"}, "no expected value to compare by"),
        ({"split": "nowhere"}, "nowhere"),
    ],
)
def test_unknown_names_are_said_with_the_known_ones(repository: Repository, choices, text):
    """Exit 64, and what there is."""
    with pytest.raises(UsageError, match=text):
        compared(repository, **choices)


def test_an_arm_that_no_run_has_is_not_quietly_all_arms(repository: Repository):
    """A typo beside --run must not compare what was not asked for."""
    run = repository.run(arms=("plain", "always"))
    with pytest.raises(UsageError, match="no run that was named has an arm 'plian'"):
        compared(repository, runs=[run.info.id], arms=["plian"])


def test_a_run_without_the_named_arm_gives_no_side(repository: Repository):
    """Of two runs only the arm that was asked for is taken."""
    one, two = repository.run(arms=("plain",)), repository.run(arms=("plain", "always"))
    found = compared(repository, runs=[one.info.id, two.info.id], arms=["always", "plain"])
    names = [f"plain ({one.info.id})", "always", f"plain ({two.info.id})"]
    assert [side.name for side in found.sides] == names


def test_runs_of_other_suites_do_not_belong_together(repository: Repository):
    """A path may lead to any run."""
    mine = repository.run(arms=("plain",))
    theirs = repository.run(arms=("always",))
    info = theirs.path / "run.json"
    info.write_text(info.read_text().replace('"demo"', '"another"'))
    with pytest.raises(UsageError, match="they are of the suites demo and another"):
        compared(repository, runs=[str(mine.path), str(theirs.path)])


def test_scores_of_other_scorers_do_not_belong_together(repository: Repository):
    """Old scores never meet new ones."""
    old = repository.run(arms=("plain",))
    repository.replace("suite.toml", '["yes", "no"]', '["yes", "no", "hm"]')
    new = repository.run(arms=("always",))
    with pytest.raises(UsageError, match=r"their scoring has the digests .* replay both"):
        compared(repository, runs=[old.info.id, new.info.id])


def test_other_splits_do_not_belong_together(repository: Repository):
    """Validation is not test."""
    test, validation = repository.run(), repository.run(split="validation", mode="live")
    with pytest.raises(UsageError, match="they are of the splits test and validation"):
        compared(repository, runs=[test.info.id, validation.info.id], arms=["plain"])


def test_the_same_run_twice_is_refused(repository: Repository):
    """Nothing is compared with itself under one name."""
    run = repository.run(arms=("plain",))
    with pytest.raises(UsageError, match="is named twice"):
        compared(repository, runs=[run.info.id, run.info.id])


# -------------------------------------------------------------------------- cases that differ


def test_changed_expected_values_are_other_cases(repository: Repository):
    """The same id with another label is not the same case."""
    old = repository.run(arms=("plain",))
    repository.cases("test", relabelled(usual_cases("test", CASES), 2))
    new = repository.run(arms=("always",))
    runs = [old.info.id, new.info.id]
    with pytest.raises(UsageError, match=r"have not the same cases.*1 changed \(test2\).*--common"):
        compared(repository, runs=runs)
    found = compared(repository, runs=runs, common=True)
    assert len(found.shared.common) == CASES - 1
    assert "test2" not in found.shared.common
    assert any("Compared on the common cases alone" in note for note in found.notes)


def test_a_limited_run_is_compared_on_its_cases_when_asked(repository: Repository):
    """A sample against the whole: refused, or the sample on both sides, with a warning."""
    whole, part = repository.run(arms=("plain",)), repository.run(arms=("always",), limit=5)
    runs = [whole.info.id, part.info.id]
    with pytest.raises(UsageError, match="7 only on the reference side"):
        compared(repository, runs=runs)
    found = compared(repository, runs=runs, common=True)
    assert [len(side) for side in found.sides] == [5, 5]
    assert found.notes[0].startswith("Warning: ")
    assert "limited to 5 cases; it decides nothing" in found.notes[0]


def test_no_case_in_common_is_nothing_to_compare(repository: Repository):
    """Also with --common."""
    old = repository.run(arms=("plain",))
    repository.cases("test", [case("other", 0, "yes, other", "yes")])
    new = repository.run(arms=("always",), mode="live")
    with pytest.raises(UsageError, match="there is nothing to compare: 0 cases in common"):
        compared(repository, runs=[old.info.id, new.info.id], common=True)


def test_the_order_of_the_journal_does_not_matter(repository: Repository):
    """A journal turned upside down gives the same digits."""
    straight, turned = (repository.run(arms=("plain", "always")) for _ in range(2))
    journal = turned.path / "journal.jsonl"
    journal.write_text("".join(reversed(journal.read_text().splitlines(keepends=True))))
    found = [compared(repository, runs=[run.info.id]) for run in (straight, turned)]
    assert found[0].comparisons == found[1].comparisons
    assert found[0].sides[0].ids == found[1].sides[0].ids == tuple(sorted(found[0].sides[0].ids))


def test_a_case_twice_in_a_journal_is_an_error(repository: Repository):
    """Nobody can say which reply counts."""
    run = repository.run(arms=("plain", "always"))
    journal = run.path / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join([*lines, lines[0]]))
    with pytest.raises(DataError, match="stands there more than once"):
        compared(repository, runs=[run.info.id])


def test_a_broken_journal_is_an_error(repository: Repository):
    """Exit 65."""
    run = repository.run(arms=("plain", "always"))
    journal = run.path / "journal.jsonl"
    journal.write_text('{"broken": \n' + journal.read_text())
    with pytest.raises(DataError):
        compared(repository, runs=[run.info.id])


# -------------------------------------------------------------------------------- same replies


def test_two_runs_of_the_same_replies_are_nothing_to_compare(repository: Repository):
    """They are told apart by their ids, and found to be one."""
    runs = [repository.run(arms=("plain",)) for _ in range(2)]
    found = compared(repository, runs=[run.info.id for run in runs])
    assert [side.name for side in found.sides] == [f"plain ({run.info.id})" for run in runs]
    (one,) = found.comparisons
    assert one.same_replies
    assert (one.gained, one.lost, one.difference.p) == ((), (), 1)
    assert "the very same replies: nothing to compare" in compare_page(found)


def test_two_arms_that_say_the_same_are_the_same_replies(repository: Repository):
    """Whatever the prompts: the answers are equal to the letter."""
    found = compared(repository, arms=sorted(COPIES))
    assert found.comparisons[0].same_replies


# ----------------------------------------------------------------------------------- baselines


def approve(repository: Repository, arm: str, **choices) -> None:
    promote(repository.open(), arm, reason="it is right", baseline_only=True, **choices)


def test_a_baseline_whose_replies_are_recorded_has_their_texts(repository: Repository):
    """Its replies stand in for it."""
    approve(repository, "plain")
    found = compared(repository, arms=["always"], baselines=["plain"])
    assert found.reference == "plain"
    moved = found.moved[0][0]
    assert moved.reference is not None
    assert found.comparisons[0].tokens is None or found.comparisons[0].tokens.cases == CASES
    assert not any("not recorded any more" in note for note in found.notes)


def test_a_baseline_is_the_reference_of_what_is_recorded_now(repository: Repository):
    """The same arm, then and now: what changed since it was approved."""
    approve(repository, "plain")
    found = compared(repository, arms=["plain"], baselines=["plain"])
    assert found.reference == "plain (baseline)"
    assert found.comparisons[0].candidate == "plain (recorded)"
    assert found.comparisons[0].same_replies


def test_a_baseline_stands_when_its_replies_are_gone(repository: Repository):
    """Another prompt has been recorded since: scores of the file, no texts, and it says so."""
    approve(repository, "plain")
    repository.prompt("plain", "The text is {{ text }}.")
    repository.run(mode="record", arms=("plain",))
    found = compared(repository, arms=["plain"], baselines=["plain"])
    assert [side.mean for side in found.sides] == [RIGHT / CASES, 0]
    assert found.moved[0][0].reference is None
    assert found.moved[0][0].candidate is not None
    assert any("replies are not recorded any more" in note for note in found.notes)
    assert "correct: (not available)" in compare_page(found)


def test_a_baseline_stands_when_nothing_fits_its_arm_any_more(repository: Repository):
    """A prompt that changed and was not recorded again is no reason to refuse."""
    approve(repository, "plain")
    repository.prompt("plain", "The text is {{ text }}.")
    found = compared(repository, arms=["always"], baselines=["plain"])
    assert found.sides[0].mean == RIGHT / CASES


def test_a_corrected_label_is_one_for_the_baseline_too(repository: Repository):
    """The replies it approved are still recorded: they are scored by the labels of today."""
    approve(repository, "plain")
    repository.cases("test", relabelled(usual_cases("test", CASES), 1))
    found = compared(repository, arms=["plain"], baselines=["plain"])
    assert [side.mean for side in found.sides] == [(RIGHT - 1) / CASES] * 2


def test_a_baseline_of_other_cases_is_refused(repository: Repository):
    """A case that changed since it was approved, and was asked again, is another case."""
    approve(repository, "plain")
    rows = usual_cases("test", CASES)
    rows[1]["input"] = {"text": "maybe, or otherwise"}
    repository.cases("test", rows)
    repository.run(mode="record")
    with pytest.raises(UsageError, match=r"1 changed \(test1\)"):
        compared(repository, arms=["always"], baselines=["plain"])
    found = compared(repository, arms=["always"], baselines=["plain"], common=True)
    assert len(found.shared.common) == CASES - 1


def test_an_edited_baseline_is_an_error(repository: Repository):
    """Exit 65."""
    approve(repository, "plain")
    (path,) = (repository.root / "baselines" / "demo").glob("*.jsonl")
    path.write_text(path.read_text().replace('"wrong"', '"correct"').replace("unparsed", "correct"))
    with pytest.raises(DataError):
        compared(repository, arms=["always"], baselines=["plain"])


def test_two_baselines_can_be_compared(repository: Repository):
    """Without any arm of today."""
    approve(repository, "plain")
    approve(repository, "always")
    found = compared(repository, baselines=["plain", "always"])
    assert [side.name for side in found.sides] == ["plain", "always"]


# ------------------------------------------------------------------------------- kinds of data


@pytest.mark.parametrize("count", [1, 2])
def test_very_few_cases_are_no_crash(repository: Repository, count: int):
    """One case has no interval, two have a wide one; every table and the JSON can be made."""
    repository.cases("test", usual_cases("test", count))
    run = repository.run(mode="live")
    found = compared(repository, runs=[run.info.id], all_pairs=True)
    assert (found.comparisons[0].difference.interval is None) == (count == 1)
    assert "decide" in compare_page(found) or count > 1
    json.dumps(compare_json(found))


def test_all_right_against_all_wrong(repository: Repository):
    """Every case gained; the interval ends at 1 and begins below."""
    rows = [row for row in usual_cases("test", CASES) if row["input"]["text"][:5] != "maybe"]
    repository.cases("test", rows)
    run = repository.run(mode="live")
    found = compared(repository, runs=[run.info.id], arms=["silent", "plain"])
    (one,) = found.comparisons
    assert one.difference.estimate == 1
    assert len(one.gained) == len(rows) == RIGHT
    assert one.difference.interval is not None
    assert one.difference.interval.low < 0.95


def test_arms_that_are_right_on_the_same_cases_have_no_discordant_pair(repository: Repository):
    """Other words, equal outcomes: p is 1 and the interval is not empty."""
    repository.write(
        "harness.toml",
        '[endpoints.fake]\nkind = "scripted"\ndefault = "hm"\n'
        "rules = [[\"Here.*says (yes|no)\", '\\1.'], [\"says (yes|no)\", '\\1']]\n",
    )
    run = repository.run(mode="live", arms=("plain", "copy"))
    (one,) = compared(repository, runs=[run.info.id]).comparisons
    assert not one.same_replies
    assert (one.difference.p, one.gained, one.lost) == (1, (), ())
    assert one.difference.interval is not None
    assert one.difference.interval.low < 0 < one.difference.interval.high


def test_one_group_has_no_interval(repository: Repository):
    """All cases of one author say nothing of others."""
    rows = [row | {"group": "author"} for row in usual_cases("test", CASES)]
    repository.cases("test", rows)
    found = compared(repository, arms=["plain", "always"])
    assert found.comparisons[0].difference.interval is None
    assert "two groups" in compare_page(found)


def test_groups_widen_and_are_counted(repository: Repository):
    """Four groups of three cases; a few of them decide nothing."""
    rows = [row | {"group": f"g{at // 3}"} for at, row in enumerate(usual_cases("test", CASES))]
    repository.cases("test", rows)
    found = compared(repository, arms=["plain", "always"])
    difference = found.comparisons[0].difference
    assert (difference.clusters, difference.grouped) == (4, True)
    assert "4 groups are few: fewer than 10 clusters decide nothing" in compare_page(found)


def test_shot_seeds_are_averaged_and_shown_as_repeats(tmp_path: Path):
    """Two seeds of every case: one value per case, and a table of what repeating is worth."""
    repository = Repository(tmp_path, arms=SHOTS)
    repository.run(mode="record")
    found = compared(repository)
    assert [side.replicates for side in found.sides] == [1, 2]
    assert set(found.replicated) == {"shots"}
    assert found.replicated["shots"].values.shape == (CASES, 2)
    assert "Spread over shot seeds" in compare_page(found)


def test_a_moved_case_of_several_replies_shows_one_that_explains_it(tmp_path: Path):
    """Right under one seed, wrong under the other, and always right elsewhere: the wrong one."""
    repository = Repository(tmp_path, arms=SHOTS)
    run = repository.run(mode="live")
    journal = run.path / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    second = next(
        line
        for line in lines
        if line["arm"] == "shots"
        and line["outcome"] == "correct"
        and line["replicate"]["shot_seed"] == 2
    )
    second["outcome"] = "wrong"
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (moved,) = compared(repository, runs=[run.info.id]).moved
    one = next(one for one in moved if one.case == second["case"])
    assert one.candidate is not None
    assert one.candidate.outcome == Outcome.WRONG
    assert one.candidate.replicate.shot_seed == 2


def test_lost_replies_are_said(repository: Repository):
    """They count as not correct, which a reader must know."""
    run = repository.run(mode="live", arms=("plain", "always"))
    journal = run.path / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    lines[0]["outcome"] = "provider_error"
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = compared(repository, runs=[run.info.id])
    assert any("lost 1 reply to errors" in note for note in found.notes)


def test_a_case_that_changed_since_is_not_shown_with_old_replies(repository: Repository):
    """Input and expected value of today are not those that were answered."""
    run = repository.run(arms=("plain", "always"))
    repository.cases("test", relabelled(usual_cases("test", CASES), 1))
    (moved,) = compared(repository, runs=[run.info.id]).moved
    changed = next(one for one in moved if one.case == "test1")
    assert (changed.input, changed.expected) == ({}, None)
    assert changed.reference is not None
    other = next(one for one in moved if one.case != "test1")
    assert other.expected is not None


def test_a_leak_is_a_warning(repository: Repository):
    """An arm that was shown a test case is not compared in silence."""
    repository.write(
        "suites/demo/suite.toml", (repository.folder / "suite.toml").read_text() + SHOTS
    )
    train = usual_cases("train", 6)
    train[0]["input"] = usual_cases("test", 1)[0]["input"]
    repository.cases("train", train)
    run = repository.run(mode="live", arms=("plain", "shots"))
    found = compared(repository, runs=[run.info.id])
    assert any(note.startswith("Warning: leaks into shots") for note in found.notes)


def test_newest_is_a_run(repository: Repository):
    """As in `harness report --run newest`."""
    repository.run(arms=("plain", "always"))
    assert len(compared(repository, runs=["newest"]).sides) == 2


def test_nothing_stays_on_disk(repository: Repository):
    """A comparison of recorded arms replays them somewhere else."""
    before = len(repository.runs)
    compared(repository)
    assert len(repository.runs) == before
