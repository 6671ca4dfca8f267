"""What an import says: how replies are judged, and what is only a run."""

from __future__ import annotations

from harness.reports.importing import import_notes, import_tables
from harness.values.imported import ArmImport, Disagreement, Rescored, SuiteImport

NASTY = "m\x1b[31m\nx"


def arm(**more) -> ArmImport:
    about = {
        "arm": "small",
        "model": NASTY,
        "tool": "Inspect",
        "files": ("log.json",),
        "status": "success",
        "cases": 3,
        "replies": 3,
        "failures": 0,
        "trials": 1,
        "recorded": True,
    }
    return ArmImport(**(about | more))


def done(*arms: ArmImport, **more) -> SuiteImport:
    about = {"suite": "demo", "folder": "f", "created": True, "cases": 3, "scorer": "exact"}
    return SuiteImport(**(about | {"score": NASTY} | more), arms=arms)


def test_agreement_and_who_judges() -> None:
    """Ours where it was chosen; the imported score with how far the best of ours agrees."""
    found = Rescored(scorer="exact", score="match", equal=2, compared=3)
    (ours,) = import_notes(done(arm(), rescored=found, score="match"))
    assert ours == "judged by exact: exact says the same as match of 2 of 3 replies (66.7%)"
    (theirs,) = import_notes(done(arm(), rescored=found, score="match", scorer="imported"))
    assert theirs.startswith("judged by the imported score match, because no scorer here agrees")


def test_our_scorer_and_the_other_tools_score_stand_side_by_side() -> None:
    """A score that there is none of has no column; the imported score is ours already."""
    given = arm(given=0.8, accuracy=2 / 3)
    for shown, heads, cells in (
        (done(given, score="match"), ["match", "accuracy by exact"], ["0.800", "66.7%"]),
        (done(arm(accuracy=2 / 3), score=""), ["accuracy by exact"], ["66.7%"]),
        (done(given, score="match", scorer="imported"), ["match"], ["0.800"]),
    ):
        (table,) = import_tables(shown)
        assert [column.name for column in table.columns[7:-1]] == heads
        assert list(table.rows[0][7:-1]) == cells


def test_what_is_no_recording_is_a_warning() -> None:
    """With its reason; repetitions name the command that replays them all."""
    cut = arm(recorded=False, reason="its status is cancelled", trials=2)
    _, warning, trials = import_notes(done(cut))
    assert warning == (
        "Warning: small is kept as a run alone, not as recordings: its status is cancelled"
    )
    assert "harness run demo --trials 2" in trials


def test_foreign_texts_can_do_nothing() -> None:
    """Names of models and scores, replies and reasons come from others."""
    one = Disagreement(arm="a", case=NASTY, trial=0, ours=-1, given=1, reply=NASTY, reason=NASTY)
    found = Rescored(scorer="exact", score=NASTY, equal=0, compared=1, disagreements=(one,))
    shown = done(arm(notes=(NASTY,)), rescored=found)
    texts = [*import_notes(shown)]
    for table in import_tables(shown):
        texts += [table.title, *(column.name for column in table.columns)]
        texts += [cell for row in table.rows for cell in row]
    assert not any("\x1b" in text or "\n" in text for text in texts)
