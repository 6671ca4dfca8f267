"""The tables of a comparison: what people read, in a terminal and in Markdown, and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from harness.errors import UsageError
from harness.reports.compare.differences import differences_table, matrix_table
from harness.reports.compare.json import compare_json
from harness.reports.compare.methods import bootstraps, methods_table
from harness.reports.compare.moved import moved_table
from harness.reports.compare.page import (
    CompareView,
    compare_heading,
    compare_page,
    compare_tables,
    sides_table,
)
from harness.reports.compare.repeats import repeats_table, selection_table
from harness.reports.compare.slices import outcomes_table, slices_table
from harness.reports.compare.spend import cost_table, tokens_table
from harness.reports.notes import WARNING

from . import comparisons
from .comparisons import HOSTILE, PRICE, a_comparison, a_record, a_side, repeated, tokens
from .test_terminal import printed

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MADE = ("usual", "grouped", "replicates", "hostile")
EVERYTHING = CompareView(cases=None, bootstrap=True)


def made(name):
    return getattr(comparisons, name)()


def cells(table):
    """First cell -> heading -> cell."""
    heads = [column.name for column in table.columns]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in table.rows}


# ------------------------------------------------------------------------------- as a whole


@pytest.mark.parametrize("name", MADE)
def test_a_comparison_in_a_terminal(name, snapshot):
    """What people read at 100 columns."""
    found = made(name)
    assert printed(compare_tables(found), heading=compare_heading(found)) == snapshot


@pytest.mark.parametrize("name", MADE)
def test_a_comparison_as_a_page(name, snapshot):
    """The same in Markdown, with everything that can be asked for."""
    assert compare_page(made(name), EVERYTHING) == snapshot


@pytest.mark.parametrize("width", [80, 110, 160])
@pytest.mark.parametrize("name", MADE)
def test_no_line_is_wider_than_the_terminal(name, width):
    """A line that wraps destroys a table."""
    text = printed(compare_tables(made(name), EVERYTHING), width)
    assert max(map(cell_len, text.split("\n"))) <= width


@pytest.mark.parametrize("name", MADE)
def test_every_row_has_a_cell_per_column(name):
    """In every table that there is."""
    for table in compare_tables(made(name), EVERYTHING):
        assert {len(row) for row in table.rows} <= {len(table.columns)}, table.title


def test_hostile_texts_do_nothing_in_a_terminal():
    """No escape reaches it, whoever wrote the title, a tag, an id, an answer."""
    found = made("hostile")
    shown = printed(compare_tables(found, EVERYTHING), heading=compare_heading(found))
    assert "\x1b" not in shown
    assert "\\u001b" in shown


def test_hostile_texts_do_nothing_in_markdown():
    """No HTML, link or code, and no cell beyond its table."""
    page = compare_page(made("hostile"), EVERYTHING)
    tokens_of_page = GITHUB.parse(page)
    kinds = {token.type for token in tokens_of_page}
    kinds |= {child.type for token in tokens_of_page for child in token.children or ()}
    assert not kinds & {"html_inline", "html_block", "link_open", "code_inline", "code_block"}
    assert "<script>" not in page
    assert "\x1b" not in page


@pytest.mark.parametrize("name", MADE)
def test_everything_is_json(name):
    """Numbers and nulls, no NaN, whole texts, every case that moved."""
    found = made(name)
    text = json.dumps(compare_json(found, EVERYTHING), allow_nan=False)
    read = json.loads(text)
    for one, shown in zip(found.comparisons, read["comparisons"], strict=True):
        assert shown["difference"] == pytest.approx(one.difference.estimate)
        assert [moved["case"] for moved in shown["moved"]] == [*one.lost, *one.gained]
    if name == "hostile":
        assert read["comparisons"][0]["moved"][0]["reference"]["text"] == HOSTILE


# ---------------------------------------------------------------------------------- sides


def test_sides_stand_with_their_own_intervals():
    """20 of 40 by Wilson; the notes of the comparison come first, warnings before all."""
    table = sides_table(made("usual"))
    assert table.rows[0] == ("zero_shot", "40", "50.0%", "35.2\N{EN DASH}64.8%", "1")
    assert table.notes[0].startswith("Warning: leaks into tuned")
    assert "Wilson's score interval over 40 cases" in table.notes[1]


def test_exact_intervals_are_clopper_pearsons():
    """20 of 40: 33.8 to 66.2 %, as in any table."""
    table = sides_table(made("usual"), exact=True)
    assert table.rows[0][3] == "33.8\N{EN DASH}66.2%"
    assert "Clopper-Pearson" in table.notes[1]


@pytest.mark.parametrize(
    ("name", "text"),
    [("grouped", "is scored between 0 and 1"), ("replicates", "has 3 replies to a case")],
)
def test_exact_intervals_are_of_independent_counts_only(name, text):
    """Otherwise a refusal that says why."""
    with pytest.raises(UsageError, match=text):
        list(compare_tables(made(name), CompareView(exact=True)))


def test_exact_intervals_of_groups_are_refused():
    """Cases of one author are not independent."""
    groups = np.array([0, 0, 1, 1])
    found = a_comparison(a_side("a", "++--", groups=groups), a_side("b", "+++-", groups=groups))
    with pytest.raises(UsageError, match="a has cases in groups: leave out --exact"):
        sides_table(found, exact=True)


# ---------------------------------------------------------------------------- differences


def test_differences_have_all_that_a_reader_needs():
    """12 more right of 40: points, interval, p, gained, lost."""
    row = cells(differences_table(made("usual")))["tuned"]
    assert row["difference"] == "+30.0"
    assert (row["gained"], row["lost"]) == ("14", "2")
    assert re.fullmatch(r"\[\+\d+\.\d, \+\d+\.\d\]", row["95% interval"])
    assert float(row["p"]) < float(row["adjusted p"])


def test_notes_say_method_family_and_what_is_detectable():
    """In words, with the numbers that matter."""
    text = " ".join(differences_table(made("usual")).notes)
    assert "Tango's score interval over 40 cases" in text
    assert "McNemar's without correction" in text
    assert "Holm over the family of 2 comparisons" in text
    assert "all 2 hold together with 95% (each has 97.50%, Bonferroni)" in text
    assert "80% power, from the upper limit of the discordance" in text


@pytest.mark.parametrize(
    ("adjustment", "name"),
    [("bh", "Benjamini & Hochberg"), ("bonferroni", "Bonferroni over the family")],
)
def test_the_adjustment_is_named(adjustment, name):
    """Whichever was asked for."""
    found = a_comparison(
        a_side("a", "++--"), a_side("b", "+++-"), a_side("c", "++++"), adjustment=adjustment
    )
    assert any(name in note for note in differences_table(found).notes)


def test_one_comparison_needs_no_adjustment():
    """The note says that both are the same."""
    found = a_comparison(a_side("a", "++--"), a_side("b", "+++-"))
    assert any(note.startswith("One comparison:") for note in differences_table(found).notes)


def test_few_clusters_are_a_warning():
    """Six groups decide nothing; the warning comes first and names them."""
    notes = differences_table(made("grouped")).notes
    assert notes[0].startswith("Warning: all comparisons: 6 groups are few: fewer than 10")


def test_the_very_same_replies_are_not_compared():
    """No number is shown where there is nothing to compare, and no table of outcomes."""
    found = a_comparison(a_side("a", "++--"), a_side("b", "++--"), same=frozenset({"b"}))
    table = differences_table(found)
    assert table.rows[0][1] == "same replies"
    assert "b and a are the very same replies: nothing to compare." in table.notes
    assert not any(table.title.startswith("Outcomes") for table in compare_tables(found))


def test_one_case_has_no_interval_and_the_notes_say_so():
    """A dash and a warning."""
    table = differences_table(a_comparison(a_side("a", "+"), a_side("b", "-")))
    assert table.rows[0][2:5] == ("\N{EN DASH}",) * 3
    assert table.notes[0].startswith("Warning: b: no interval and no p")


def test_the_matrix_is_row_minus_column():
    """Antisymmetric, with a mark that needs no colour where adjusted p is below 0.05."""
    found = a_comparison(
        a_side("low", "-" * 40),
        a_side("high", "+" * 40),
        a_side("mid", "+" * 37 + "---"),
        all_pairs=True,
    )
    table = cells(matrix_table(found))
    assert table["high"]["low"] == "+100.0 *"
    assert table["low"]["high"] == "-100.0 *"
    assert table["low"]["low"] == "·"
    assert table["high"]["mid"] == "+7.5"
    assert differences_table(found).rows[0][0] == "high vs low"


def test_graded_differences_are_scores():
    """No percentage points of a mean score."""
    table = differences_table(made("grouped"))
    assert re.fullmatch(r"[+-]0\.\d{3}", table.rows[0][1])
    assert not any("percentage" in note for note in table.notes)


# ------------------------------------------------------------------------ outcomes, slices


def test_outcomes_tell_wrong_from_unparsed():
    """Five right ones became unreadable, two wrong ones were lost to errors."""
    found = made("usual")
    table = cells(outcomes_table(found, found.comparisons[1]))
    assert table["correct"]["unparsed"] == "5"
    assert table["wrong"]["provider error"] == "2"
    assert table["wrong"]["unparsed"] == "·"


def test_parts_of_cases_have_a_decimal():
    """A case of three replicates is spread over its outcomes."""
    found = made("replicates")
    table = outcomes_table(found, found.comparisons[0])
    assert any("." in cell for row in table.rows for cell in row)
    assert "spread over" in table.notes[1]


def test_slices_are_exploratory_and_adjusted():
    """Each slice in a row of its own, so that a table that is cut stays readable."""
    found = made("usual")
    table = slices_table(found, found.comparisons[0])
    assert table is not None
    assert [row[0] for row in table.rows] == ["language = en", "language = pt"]
    assert "Slices are for exploring; adjusted p: Holm over 2 slices." in table.notes


def test_without_tags_there_are_no_slices():
    """Nothing to show."""
    found = made("grouped")
    assert slices_table(found, found.comparisons[0]) is None


def test_a_tag_with_very_many_values_shows_the_largest():
    """Twenty, and how many are left out."""
    tags = tuple({"n": str(n // 2)} for n in range(60))
    found = a_comparison(a_side("a", "+-" * 30, tags=tags), a_side("b", "++" * 30, tags=tags))
    table = slices_table(found, found.comparisons[0])
    assert table is not None
    assert len(table.rows) == 20
    assert "Not shown: 10 smaller slices; 20 values of a tag at most." in table.notes


# -------------------------------------------------------------------------- tokens, money


def test_tokens_and_money_are_unknown_and_never_zero():
    """`chatty` has no usage."""
    found = made("usual")
    assert cells(tokens_table(found))["chatty"]["difference"] == "unknown"
    money = cost_table(found)
    assert money is not None
    assert cells(money)["chatty"]["of the arm"] == "unknown"
    assert "unknown: price or usage of one of the sides is not known" in " ".join(money.notes)


def test_money_is_for_a_thousand_requests():
    """50 tokens less at 0.50 USD per million are 0.025 USD per thousand requests."""
    table = cost_table(made("usual"))
    assert table is not None
    row = cells(table)["tuned"]
    assert row["difference"] == "-0.0250 USD"
    assert row["of the reference"] == "0.0614 USD"


def test_what_is_known_of_one_side_is_shown():
    """The reference costs what it costs in every row; an arm without a model costs nothing."""
    found = a_comparison(
        a_side("plain", "++--", tokens=tokens(4), price=PRICE),
        a_side("tuned", "+++-", tokens=tokens(4, input=50), price=PRICE),
        a_side("unpriced", "+++-", tokens=tokens(4)),
        a_side("bag", "+++-", tokens=np.zeros((4, 4))),
    )
    table = cost_table(found)
    assert table is not None
    rows = cells(table)
    assert {row["of the reference"] for row in rows.values()} == {"0.0607 USD"}
    assert (rows["unpriced"]["of the arm"], rows["unpriced"]["difference"]) == ("unknown",) * 2
    assert (rows["bag"]["of the arm"], rows["bag"]["difference"]) == ("\N{EN DASH}",) * 2
    assert "\N{EN DASH}: no model is asked, so that nothing is paid by the request." in table.notes


@pytest.mark.parametrize(
    ("by", "difference", "low"), [(1e-4, "+0.000000025 USD", "[-"), (1e-13, "0.00 USD", "[0.00 ")]
)
def test_a_small_difference_is_never_a_signed_zero(by: float, difference: str, low: str):
    """Two digits of what is not 0; what rounding leaves of equal costs is 0 without a sign."""
    moved = np.array([[by], [-by], [by], [by]]) * [1, 0, 0, 0]
    found = a_comparison(
        a_side("plain", "++--", tokens=tokens(4), price=PRICE),
        a_side("tuned", "+++-", tokens=tokens(4) + moved, price=PRICE),
    )
    table = cost_table(found)
    assert table is not None
    row = cells(table)["tuned"]
    assert row["difference"] == difference
    assert row["95% interval"].startswith(low)
    assert "-0.00 " not in row["95% interval"]


def test_a_difference_that_never_varies_has_no_interval():
    """A note says why there is a dash."""
    table = tokens_table(made("usual"))
    assert cells(table)["tuned"]["95% interval"] == "\N{EN DASH}"
    assert (
        "No interval: the difference is the same for every case, or for one alone." in table.notes
    )


def test_without_any_price_money_is_said_to_be_unknown():
    """One sentence, and no table of unknowns."""
    options = {"tokens": tokens(4)}
    found = a_comparison(a_side("a", "++--", **options), a_side("b", "+++-", **options))
    assert cost_table(found) is None
    assert "Money per 1,000 requests is unknown" in " ".join(tokens_table(found).notes)


def test_an_arm_that_asks_no_model_has_no_tokens():
    """A dash, and what it means."""
    none = tokens(4)
    none[:] = 0
    found = a_comparison(a_side("a", "++--", tokens=tokens(4)), a_side("b", "+++-", tokens=none))
    table = tokens_table(found)
    assert cells(table)["b"]["of the arm"] == "\N{EN DASH}"
    assert any("no model is asked" in note for note in table.notes)


# ------------------------------------------------------------------------------- repeats


def test_repeats_show_what_replicates_are_worth():
    """Only of arms with several, in points."""
    table = repeats_table(made("replicates"), (1, 3))
    assert table is not None
    row = cells(table)["shots"]
    assert row["replicates"] == "3"
    assert row["pass@1"] == "49.5%"
    assert row["pass@3"] > row["pass@1"]
    assert float(row["with very many"]) < float(row["error now"]) < float(row["with one replicate"])
    assert repeats_table(made("usual")) is None


def test_pass_at_k_needs_replicates():
    """And not more than there are."""
    with pytest.raises(UsageError, match="needs an arm with several replies"):
        list(compare_tables(made("usual"), CompareView(pass_at=(2,))))
    with pytest.raises(
        UsageError, match="shots has 3 replies to a case: --pass-at goes from 1 to 3"
    ):
        list(compare_tables(made("replicates"), CompareView(pass_at=(1, 4))))
    with pytest.raises(UsageError, match="from 1 to 3"):
        compare_json(made("replicates"), CompareView(pass_at=(4,)))


def test_the_spread_over_seeds_is_shown_apart():
    """Its own table, which says that it is no part of an interval."""
    table = selection_table(made("replicates"))
    assert table is not None
    assert cells(table)["shots"]["lowest"] == "32.3%"
    assert cells(table)["shots"]["highest"] == "67.7%"
    assert "no part of any interval" in table.notes[0]


def test_trials_of_one_seed_are_no_selection():
    """Repeating one selection says nothing of selections."""
    side, table = repeated("a", ["++--", "+-+-"])
    trials = tuple(replace_seed(one, place) for place, one in enumerate(table.replicates))
    found = a_comparison(
        a_side("b", "++++"), side, replicated={"a": replace(table, replicates=trials)}
    )
    assert selection_table(found) is None
    assert repeats_table(found) is not None


def replace_seed(replicate, trial):
    return type(replicate)(1, trial)


# ------------------------------------------------------------------------- other methods


def test_other_methods_stand_beside_and_never_decide():
    """Exact, mid-p and Newcombe for `score`; a bootstrap only when asked for."""
    table = methods_table(made("usual"))
    assert table is not None
    heads = [column.name for column in table.columns]
    assert heads == ["arm", "95% interval", "p", "exact p", "mid-p", "Newcombe"]
    assert "never decide" in table.notes[0]
    boots = methods_table(made("usual"), bootstrap=True)
    assert boots is not None
    assert boots.columns[-1].name == "BCa bootstrap"
    assert methods_table(made("grouped")) is None


def test_a_bootstrap_is_the_same_each_time():
    """A page must not change by itself."""
    assert bootstraps(made("grouped")) == bootstraps(made("grouped"))


def test_large_comparisons_do_not_bootstrap_by_default():
    """Above 5,000 units it has to be asked for twice."""
    found = a_comparison(a_side("a", "+-" * 2501), a_side("b", "++" * 2501))
    with pytest.raises(UsageError, match="no analysis above 5,000 units bootstraps by default"):
        bootstraps(found)
    assert bootstraps(found, any_size=True)[0] is not None


# ----------------------------------------------------------------------------- moved cases


def test_lost_cases_come_first_and_the_rest_is_counted():
    """Two lost and one of fourteen gained."""
    found = made("usual")
    table = moved_table(found, found.comparisons[0], found.moved[0], 3)
    assert table is not None
    assert [row[:2] for row in table.rows] == [("c18", "lost"), ("c19", "lost"), ("c20", "gained")]
    assert table.rows[0][2:] == ("4 stars", "correct: 4 stars", "wrong: 3 stars")
    assert table.notes == ("Not shown: 13 gained; --cases all shows every one.",)


@pytest.mark.parametrize(("most", "rows"), [(0, None), (2, 2), (None, 16)])
def test_none_some_or_all_cases_are_shown(most, rows):
    """0 is no table."""
    found = made("usual")
    table = moved_table(found, found.comparisons[0], found.moved[0], most)
    assert (table and len(table.rows)) == rows


def test_texts_that_are_not_kept_are_not_available():
    """The outcome of a baseline is known, what it said is not."""
    found = made("usual")
    moved = tuple(replace(one, reference=None, input={}, expected=None) for one in found.moved[0])
    table = moved_table(found, found.comparisons[0], moved, 1)
    assert table is not None
    assert table.rows[0][2:4] == ("(not available)", "correct: (not available)")


def test_failures_and_empty_answers_are_said():
    """How the asking failed; an empty text is a text."""
    found = made("usual")
    one = replace(
        found.moved[0][0],
        reference=a_record("c18", comparisons.Outcome.CORRECT, ""),
        candidate=a_record("c18", comparisons.Outcome.PROVIDER_ERROR, None),
    )
    table = moved_table(found, found.comparisons[0], (one,), 1)
    assert table is not None
    assert table.rows[0][3] == "correct: (an empty text)"
    assert table.rows[0][4].endswith("no answer: timeout (60 s)")


def test_long_texts_are_shown_from_where_they_differ():
    """Two forms of 200 characters that differ at the end: that end is what is shown."""
    start = "the same beginning of a long form, word by word, "
    found = made("usual")
    one = replace(
        found.moved[0][0],
        expected=start * 3 + "refund",
        reference=a_record("c18", comparisons.Outcome.CORRECT, start * 3 + "refund"),
        candidate=a_record("c18", comparisons.Outcome.WRONG, start * 3 + "exchange"),
    )
    table = moved_table(found, found.comparisons[0], (one,), 1)
    assert table is not None
    assert table.rows[0][2:] == (
        "…rd by word, refund",
        "correct: …rd by word, refund",
        "wrong: …rd by word, exchange",
    )


def test_graded_and_repeated_cases_show_their_value():
    """A score, or how many of the replies were correct."""
    found = made("grouped")
    table = moved_table(found, found.comparisons[0], found.moved[0], 1)
    assert table is not None
    assert re.match(r"0\.\d{3} wrong: ", table.rows[0][3])
    found = made("replicates")
    table = moved_table(found, found.comparisons[0], found.moved[0], None)
    assert table is not None
    assert any(row[4].startswith("66.7% correct: ") for row in table.rows)


def test_money_in_two_currencies_is_not_compared() -> None:
    """Said with a warning, and no difference is shown; what is in one currency still is."""
    euros = msgspec.structs.replace(PRICE, currency="EUR")
    sides = [
        a_side("zero_shot", "++--", tokens=tokens(4), price=PRICE),
        a_side("tuned", "+++-", tokens=tokens(4, input=50), price=PRICE),
        a_side("abroad", "+++-", tokens=tokens(4, input=50), price=euros),
    ]
    table = cost_table(a_comparison(*sides))
    assert table is not None
    assert cells(table)["abroad"]["difference"] == "unknown"
    assert cells(table)["tuned"]["difference"] != "unknown"
    said = "money of abroad (USD and EUR) is in different currencies and is not compared."
    assert f"{WARNING}{said}" in table.notes
    alone = a_comparison(sides[0], sides[2])
    assert cost_table(alone) is None
    assert f"{WARNING}{said}" in tokens_table(alone).notes
