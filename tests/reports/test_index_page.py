"""The page over all suites: one row each, a section each, and nothing that is not known."""

from __future__ import annotations

import re
from typing import Any

from harness.analysis.per_thousand import PerThousand
from harness.analysis.trend import TrendLine
from harness.reports.index_page import SuiteCard, index_page
from harness.reports.page.document import page_html
from harness.reports.page.values import Link, Page
from harness.text.wording import NOTHING
from harness.values.verdict import Ruling

from .runs import graded_run, usual_run
from .trends import BROKEN, a_trend, decision, point

SUITE, IN_USE, SINCE, N, REACHED, INTERVAL, MONEY, VERDICT, ON = range(9)


def _card(**change: Any) -> SuiteCard:
    info, arms = usual_run()
    given: dict[str, Any] = {
        "name": "review_stars",
        "title": info.title,
        "about": "How many stars?",
        "info": info,
        "arms": arms,
        "money": {"fine_tuned": PerThousand(0.0213, "USD")},
        "production": "fine_tuned",
        "since": "2026-01-02",
        "trend": a_trend(decisions=(decision(1, 2, candidate="fine_tuned"),)),
        "links": (Link("review_stars: page", "review_stars.html"),),
    }
    return SuiteCard(**(given | change))


def _row(card: SuiteCard) -> tuple[str, ...]:
    return index_page([card]).sections[0].tables[0].rows[0]


def test_a_suite_in_a_row():
    """What is in production, how good that is, what it costs, and what was decided last."""
    assert _row(_card()) == (
        "review_stars",
        "fine_tuned",
        "2026-01-02",
        "60",
        "90.0%",
        f"79.9{NOTHING}95.3%",
        "0.0213 USD",
        "promote: fine_tuned against few_shot",
        "2026-01-02",
    )


def test_the_verdict_is_about_the_arm_in_production():
    """The latest in which it stood on either side, with the other; one of others says nothing."""
    won = decision(1, 2, candidate="fine_tuned")
    held = decision(2, 3, candidate="zero_shot", incumbent="fine_tuned", ruling=Ruling.REJECT)
    other = decision(3, 4, candidate="zero_shot")
    row = _row(_card(trend=a_trend(decisions=(won, held, other))))
    assert row[VERDICT:] == ("reject: zero_shot against fine_tuned", "2026-01-03")
    assert _row(_card(trend=a_trend(decisions=(other,))))[VERDICT:] == (NOTHING, NOTHING)
    assert _row(_card(production=""))[VERDICT] == NOTHING


def test_nothing_is_said_of_what_is_not_known():
    """Nothing recorded, nothing in production, no gate, no price."""
    row = _row(SuiteCard(name="new"))
    assert row == ("new", *[NOTHING] * 8)
    assert _row(_card(money={}))[MONEY] == "unknown"
    assert _row(_card(production="gone"))[REACHED:VERDICT] == (NOTHING, NOTHING, NOTHING)


def test_a_mean_score_is_a_number():
    """And no share."""
    info, arms = graded_run()
    row = _row(_card(info=info, arms=arms, production="form_filler"))
    assert row[REACHED] == "0.700"


def test_a_section_has_the_arms_the_decisions_and_the_runs():
    """With the picture of the trend; the arm in production is marked."""
    section = index_page([_card()]).sections[1]
    assert (section.id, section.intro) == ("suite-review_stars", "How many stars?")
    assert [figure.id for figure in section.figures] == ["trend-review_stars"]
    arms, decisions = section.tables
    (runs,) = section.folded
    kinds = {row[0]: row[1] for row in arms.rows}
    assert kinds == {
        "zero_shot": "zero-shot",
        "few_shot": "few-shot",
        "fine_tuned": "fine-tuned",
        "classical": "classical",
    }
    by_arm = {row[0]: row for row in arms.rows}
    assert by_arm["fine_tuned"][-1] == f"{NOTHING}, in production"
    assert by_arm["classical"][-2] == NOTHING  # no model is asked
    assert (decisions.title, runs.title) == ("Decisions", "Past runs on this machine")


def test_one_run_is_told_from_a_trend():
    """In a sentence where the picture would be."""
    trend = a_trend(TrendLine("fine_tuned", "live", (point(1, 0.5),)))
    section = index_page([_card(trend=trend)]).sections[1]
    assert section.figures == ()
    assert section.intro.startswith("How many stars? One run is kept on this machine")


def test_the_finding_is_what_is_in_production():
    """In one sentence; without a suite it is the next step."""
    cards = [_card(), _card(name="order_fields", production="few_shot")]
    assert index_page(cards).finding == (
        "2 suites; in production: fine_tuned for review_stars and few_shot for order_fields."
    )
    assert index_page([_card(production="")]).finding == "1 suite; nothing is in production."
    assert "harness init" in index_page([]).finding


def test_warnings_name_their_suite():
    """What is broken, and what makes a run less than it seems."""
    card = _card(wrong="production.toml:1: broken\n    restore it")
    assert index_page([card]).warnings == ("review_stars: production.toml:1: broken restore it",)


def _html(page: Page) -> str:
    return "".join(page_html(page))


def test_the_file_links_what_is_there_and_loads_nothing():
    """Beside it, by relative paths; its anchors are its sections."""
    html = _html(index_page([_card(), _card(name="other", links=())]))
    links = set(re.findall(r'<a href="([^"]+)"', html))
    assert {"review_stars.html", "#suite-review_stars", "#suite-other"} <= links
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_foreign_texts_are_only_text():
    """A title, a name, a reason."""
    evil = "<script>alert(1)</script>\u202e"
    html = _html(
        index_page([_card(title=evil, about=evil, wrong=evil, trend=a_trend(skipped=(BROKEN,)))])
    )
    assert "<script>alert" not in html
    assert "\u202e" not in html
