"""The page in a real Chromium: read, filtered, sorted, linked to, copied, printed, attacked."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest

from harness.reports.wording import natural_key
from tests.reports.page.pages import HOSTILE, PAIR, hostile_cases, ordinary_cases

pytestmark = pytest.mark.browser

CASES = ordinary_cases()
REFERENCE, CANDIDATE = 1, 2
ROWS = ".rows > .row"


def mean(case, arm):
    values = [reply.value for reply in case.replies[arm]]
    return sum(values) / len(values)


def outcomes(case, arm):
    return {reply.outcome for reply in case.replies[arm]}


def count(page):
    return page.inner_text(".count")


def first_ids(page):
    return page.locator(f"{ROWS} .cell-id").all_inner_texts()


def download(page, name):
    with page.expect_download() as found:
        page.click(f".exports button:has-text('{name}')")
    return found.value


def saved(page, name):
    return download(page, name).path().read_bytes().decode()


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.className")


def test_it_opens_with_everything_in_place(opened):
    """Verdict first, then the cases in file order with their replies, costing no request."""
    page = opened()
    assert page.inner_text(".verdict") == "✓\nPromote"
    assert count(page) == "300 cases"
    row = page.locator(ROWS).first
    assert row.locator(".cell-id").inner_text() == "case-0"
    assert "Message number 0" in row.locator(".cell-input").inner_text()
    assert row.locator(".cell-arm").count() == 3
    assert CASES[0].replies[0][0].outcome.value in row.locator(".cell-arm").first.inner_text()


@pytest.mark.parametrize("name", ["ordinary", "parts"])
def test_gained_and_lost_are_those_of_the_comparison(opened, name):
    """Cases whose mean value rises or falls from the reference to the candidate, counted here."""
    page = opened(name)
    for show, sign in (("gained", 1), ("lost", -1)):
        wanted = [case.id for case in CASES if sign * (mean(case, 2) - mean(case, 1)) > 0]
        page.click(f".show-{show}")
        assert count(page) == f"{len(wanted)} of 300 cases"
        assert first_ids(page)[:5] == wanted[:5]
    page.select_option("#choose-candidate", "zero_shot")
    assert count(page) == f"{sum(mean(c, 0) < mean(c, 1) for c in CASES)} of 300 cases"


def test_wrong_arms_and_disagreeing_ones_are_found(opened):
    """Any arm wrong, all wrong, arms that disagree: over all replicates."""
    page = opened()
    right = [[outcomes(case, arm) == {"correct"} for arm in range(3)] for case in CASES]
    differ = [len({mean(case, arm) for arm in range(3)}) > 1 for case in CASES]
    for name, wanted in (
        ("wrong", sum(not all(one) for one in right)),
        ("allwrong", sum(not any(one) for one in right)),
        ("disagree", sum(differ)),
    ):
        page.click(f".show-{name}")
        assert count(page) == f"{wanted} of 300 cases"
        assert page.get_attribute(f".show-{name}", "data-count") == str(wanted)


@pytest.mark.parametrize("name", ["ordinary", "parts"])
def test_outcomes_tags_and_search_go_together(opened, name):
    """Each leaves fewer, and their choices stand in the address."""
    page = opened(name)
    page.select_option("#choose-outcome", "unparsed")
    found = [c for c in CASES if any("unparsed" in outcomes(c, arm) for arm in range(3))]
    assert count(page) == f"{len(found)} of 300 cases"
    page.select_option("#choose-outcomeArm", "fine_tuned")
    found = [c for c in found if "unparsed" in outcomes(c, 2)]
    assert count(page) == f"{len(found)} of 300 cases"
    page.select_option("#choose-tag-language", "es")
    found = [c for c in found if c.tags["language"] == "es"]
    assert count(page) == f"{len(found)} of 300 cases"
    page.fill("#search", "NUMBER 1")
    found = [c for c in found if "number 1" in c.input["message"]]
    page.wait_for_selector(f".count:text-is('{len(found)} of 300 cases')")
    assert first_ids(page) == [c.id for c in found]
    page.reload()
    page.wait_for_selector("html[data-search=ready]", state="attached")
    assert first_ids(page) == [c.id for c in found]
    assert page.input_value("#search") == "NUMBER 1"


def test_search_looks_into_replies(opened):
    """As well as into ids, inputs and expected values."""
    page = opened("ordinary", "#query=nothing+is+my")
    said = [c for c in CASES if any("nothing is" in r.text for arm in c.replies for r in arm)]
    assert count(page) == f"{len(said)} of 300 cases"


def test_where_nothing_matches_it_says_so(opened):
    """With a way back."""
    page = opened("ordinary", "#query=xyzzy")
    assert page.is_visible("text=No case matches.")
    page.click("text=Reset filters")
    assert count(page) == "300 cases"
    assert "#" not in page.url


@pytest.mark.parametrize("name", ["ordinary", "parts"])
def test_cases_are_sorted_by_every_column(opened, name):
    """Ids as people count, numbers by size, both ways round."""
    page = opened(name, "#sort=id")
    assert first_ids(page)[:12] == sorted((c.id for c in CASES), key=natural_key)[:12]
    page.select_option("#choose-sort", "latency:fine_tuned")
    by_latency = sorted(CASES, key=lambda c: c.replies[2][0].latency)
    assert first_ids(page)[:5] == [c.id for c in by_latency[:5]]
    page.click(".turn")
    assert first_ids(page)[:5] == [c.id for c in by_latency[::-1][:5]]
    page.click(".row-head .sort:has-text('few_shot')")
    assert page.get_attribute(".row-head .cell-arm >> nth=1", "aria-sort") == "ascending"
    page.click(".row-head .sort:has-text('few_shot')")
    assert page.get_attribute(".row-head .cell-arm >> nth=1", "aria-sort") == "descending"
    assert mean(CASES[int(first_ids(page)[0].removeprefix("case-"))], 1) == 1
    tokens = sorted(CASES, key=lambda c: c.replies[0][0].usage.input + c.replies[0][0].usage.output)
    page.select_option("#choose-sort", "tokens:zero_shot")
    assert first_ids(page)[0] == tokens[-1].id


@pytest.mark.parametrize("name", ["ordinary", "parts"])
def test_a_link_opens_its_case(opened, name):
    """With input, expected value and a card for each arm; Escape closes and clears the address."""
    page = opened(name, "#case=case-142")
    page.wait_for_selector("dialog[data-case=case-142]")
    assert page.locator(".arm-card").count() == 3
    assert "Message number 142 about" in page.inner_text(".given")
    card = page.locator(".arm-card").nth(2).inner_text()
    assert CASES[142].replies[2][0].text in card
    assert "0.00123 USD" in card
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog:not([open])", state="attached")
    assert "case=" not in page.url


@pytest.mark.parametrize("name", ["ordinary", "parts"])
def test_the_prompt_is_put_together_when_it_is_opened(opened, name):
    """Every message, with the case's own input marked in it."""
    page = opened(name, "#case=case-142")
    page.click(".arm-card >> nth=1 >> summary")
    page.wait_for_selector(".prompt pre >> nth=1")
    sent = page.locator(".arm-card").nth(1).locator(".prompt pre").all_text_contents()
    assert sent == [message.content for message in CASES[142].replies[1][0].prompt]
    assert page.inner_text(".prompt mark") == CASES[142].input["message"]


@pytest.mark.parametrize("name", ["ordinary", "parts"])
def test_replicates_can_be_chosen(opened, name):
    """In the dialog one by one, in the grid for all cases."""
    page = opened(name, "#case=case-203")
    page.click(".tabs button >> nth=1")
    assert CASES[203].replies[1][1].text in page.locator(".arm-card").nth(1).inner_text()
    page.keyboard.press("Escape")
    page.select_option("#choose-replicate", "2")
    page.click(".show-gained")
    wanted = sum(c.replies[2][0].value > c.replies[1][1].value for c in CASES)
    assert count(page) == f"{wanted} of 300 cases"


def test_parts_that_met_other_things_first_are_joined(opened):
    """Tags, inputs and shot seeds of a later part are those of the page, and lack in the first."""
    page = opened("unlike", "#tag.b=y")
    assert count(page) == "1 of 2 cases"
    assert first_ids(page) == ["unlike-1"]
    page.select_option("#choose-tag-b", "")
    page.select_option("#choose-tag-a", "z")
    assert first_ids(page) == ["unlike-1"]
    page.select_option("#choose-tag-a", "x")
    assert first_ids(page) == ["unlike-0"]
    page.select_option("#choose-tag-a", "")
    page.select_option("#choose-replicate", label="shot seed 2")
    assert page.locator(f"{ROWS} .reply").all_inner_texts() == ["of seed 1", "of seed 2"]
    page.select_option("#choose-replicate", label="shot seed 1")
    assert page.locator(f"{ROWS} .reply").all_inner_texts() == ["of seed 1", "of seed 1"]
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").removeprefix("\ufeff"))))
    assert [(row["input.one"], row["input.two"]) for row in rows[:2]] == [
        ("what one says", ""),
        ("", "what two says"),
    ]
    assert [row["shot_seed"] for row in rows] == ["1", "2", "1"]


def test_the_keyboard_is_enough(opened):
    """Search, move, open, step, close, and on to the last row, with no pointer."""
    page = opened()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.focus(".grid")
    for key in ("j", "ArrowDown", "j", "k"):
        page.keyboard.press(key)
    assert page.get_attribute(".grid", "aria-activedescendant") == "row-2"
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[data-case=case-2]")
    page.keyboard.press("j")
    page.wait_for_selector("dialog[data-case=case-3]")
    page.keyboard.press("Escape")
    page.wait_for_selector(".grid:focus")
    page.keyboard.press("End")
    page.wait_for_selector("#row-299")
    assert page.get_attribute(".grid", "aria-activedescendant") == "row-299"


def test_keys_reach_the_cases_from_anywhere(opened):
    """On a fresh page the first press goes to the grid, and from there they move and open."""
    page = opened()
    page.keyboard.press("j")
    assert focused(page) == "grid"
    assert page.get_attribute(".grid", "aria-activedescendant") == "row-0"
    page.keyboard.press("j")
    assert page.get_attribute(".grid", "aria-activedescendant") == "row-1"
    page.click(".count")
    assert focused(page) != "grid"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[data-case=case-1]")


def test_keys_are_left_to_what_they_are_pressed_on(opened):
    """Letters to a text box, arrows to a choice, Enter to a button, arrows to the report above."""
    page = opened("ordinary", height=400)
    page.keyboard.press("ArrowDown")
    assert focused(page) != "grid"
    page.focus("#search")
    page.keyboard.type("jk")
    assert (focused(page), page.input_value("#search")) == ("search", "jk")
    page.keyboard.press("Escape")
    page.focus("#choose-outcome")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "choose-outcome"
    page.focus(".show-lost")
    page.keyboard.press("Enter")
    assert page.get_attribute(".show-lost", "aria-pressed") == "true"
    page.keyboard.press("j")
    assert focused(page) == "grid"


def test_the_search_box_is_left_by_enter_and_escape(opened):
    """Enter goes on to what was found, Escape to all cases; the next j is no text."""
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("number 14")
    page.keyboard.press("Enter")
    found = [case.id for case in CASES if "number 14" in case.input["message"]]
    assert count(page) == f"{len(found)} of 300 cases"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"dialog[data-case={found[1]}]")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    assert count(page) == "300 cases"
    page.keyboard.press("j")
    assert (focused(page), page.input_value("#search")) == ("grid", "")


def test_an_open_case_is_turned_by_arrows(opened):
    """As by j and k; it opens with its name in focus, so that Enter does nothing unasked."""
    page = opened("ordinary", "#case=case-7")
    page.wait_for_selector("dialog[data-case=case-7]")
    assert focused(page) == "detail-title"
    for key, case in (("ArrowRight", 8), ("ArrowLeft", 7), ("k", 6), ("j", 7)):
        page.keyboard.press(key)
        page.wait_for_selector(f"dialog[data-case=case-{case}]")


def test_a_case_that_is_not_there_is_said(opened):
    """The name is foreign and only text; the address forgets it, and a known case takes it away."""
    page = opened("ordinary", "#show=lost&case=%3Cb%3Enope")
    assert page.inner_text(".unknown") == "There is no case <b>nope on this page."
    assert page.url.endswith("#show=lost")
    page.click(f"{ROWS} >> nth=0")
    assert page.locator(".unknown").is_hidden()


def test_few_rows_leave_no_empty_box(opened):
    """The grid is as tall as its rows, up to the height of a screen."""
    page = opened()
    height = "document.querySelector('.grid').offsetHeight"
    tall = page.evaluate(height)
    page.fill("#search", "number 142")
    page.wait_for_selector(".count:text-is('1 of 300 cases')")
    row, head = 106, page.evaluate("document.querySelector('.head').offsetHeight")
    assert row + head <= page.evaluate(height) <= row + head + 20
    page.fill("#search", "")
    page.wait_for_selector(".count:text-is('300 cases')")
    assert page.evaluate(height) == tall > 380


def test_quick_filters_count_within_the_others(opened):
    """Each button says what a click on it would show."""
    page = opened("ordinary", "#tag.language=es&query=number+1")
    found = [c for c in CASES if c.tags["language"] == "es" and "number 1" in c.input["message"]]
    for show, wanted in (
        ("all", len(found)),
        ("gained", sum(mean(c, CANDIDATE) > mean(c, REFERENCE) for c in found)),
        ("lost", sum(mean(c, CANDIDATE) < mean(c, REFERENCE) for c in found)),
        ("disagree", sum(len({mean(c, arm) for arm in range(3)}) > 1 for c in found)),
    ):
        page.click(f".show-{show}")
        assert page.get_attribute(f".show-{show}", "data-count") == str(wanted)
        assert count(page) == f"{wanted} of 300 cases"


def test_saved_files_are_named_after_the_suite(opened):
    """So that those of two suites can be told apart; without a name they are of some cases."""
    page = opened()
    names = [download(page, name).suggested_filename for name in ("CSV", "JSONL")]
    assert names == ["a_suite-cases.csv", "a_suite-cases.jsonl"]
    assert download(opened("unlike"), "CSV").suggested_filename == "cases.csv"


def test_short_cells_stay_on_one_line_on_a_phone(opened):
    """A day is not broken at its dashes; the table scrolls within its own frame."""
    page = opened("report", width=375, height=812)
    cell = page.locator("#spend td >> nth=0")
    assert cell.get_attribute("class") == "short"
    assert cell.evaluate("(one) => getComputedStyle(one).whiteSpace") == "nowrap"


def test_only_rows_on_screen_are_in_the_page(opened):
    """So that a hundred thousand cases scroll like thirty."""
    page = opened()
    page.evaluate("document.querySelector('.grid').scrollTop = 12_000")
    page.wait_for_selector("#row-115")
    assert page.locator(ROWS).count() < 40
    assert int(page.get_attribute(".grid", "aria-rowcount")) == 301


def test_a_case_is_copied_as_json(opened):
    """With every reply, what was sent, and numbers with all the digits they came with."""
    page = opened("hostile", permissions=["clipboard-read", "clipboard-write"])
    page.click(f"{ROWS} >> nth=4")
    page.click("text=Copy JSON")
    page.wait_for_selector("#announcer:has-text('Copied')", state="attached")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    case = hostile_cases()[4]
    assert copied["id"] == case.id
    assert copied["input"] == dict(case.input)
    assert copied["expected"]["digits"] == 12345678901234567890
    assert copied["arms"]["few_shot"][0]["failure"] == HOSTILE[4]
    assert copied["arms"]["few_shot"][0]["input_tokens"] is None
    assert copied["arms"]["fine_tuned"][0]["prompt"][1]["content"] == HOSTILE[4]


@pytest.mark.parametrize("name", ["ordinary", "parts"])
def test_what_is_shown_is_saved_as_csv(opened, name):
    """One line per reply of the cases that are shown; no field can run as a formula."""
    page = opened(name, "#show=gained")
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").removeprefix("\ufeff"))))
    gained = [case for case in CASES if mean(case, CANDIDATE) > mean(case, REFERENCE)]
    assert len(rows) == 4 * len(gained)
    assert [row["case"] for row in rows[::4]] == [case.id for case in gained]
    assert rows[0]["reply"] == gained[0].replies[0][0].text
    assert math.isclose(float(rows[0]["latency"]), gained[0].replies[0][0].latency, rel_tol=1e-3)


def test_formulas_are_defused(opened):
    """A spreadsheet reads an apostrophe first, and shows the text."""
    page = opened("hostile")
    csv.field_size_limit(4_000_000)
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").removeprefix("\ufeff"))))
    fields = [value for row in rows for value in row.values()]
    assert not [value for value in fields if value[:1] in ("=", "+", "@", "\t", "\r")]
    assert any(value.startswith("'=HYPERLINK") for value in fields)


def test_what_is_shown_is_saved_as_json_lines(opened):
    """One case per line, broken Unicode as escapes."""
    lines = saved(opened("hostile"), "JSONL").removesuffix("\n").split("\n")
    found = [json.loads(line) for line in lines]
    for case, got in zip(hostile_cases(), found, strict=True):
        assert got["id"] == case.id
        assert got["input"] == dict(case.input)
        assert got["arms"]["zero_shot"][0]["reply"] == case.replies[0][0].text


def test_hostile_texts_are_shown_and_do_nothing(opened):
    """In rows, in the dialog, in its prompts, on paper: nothing runs, and all can be read."""
    page = opened("hostile")
    scripts = page.locator("script").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.keyboard.press("Home")
    page.focus(".grid")
    page.keyboard.press("Enter")
    for number, case in enumerate(hostile_cases()):
        page.wait_for_selector(f"dialog[data-at='{number}']")
        for summary in page.locator(".arm-card summary").all():
            summary.click()
        shown = page.locator(".arm-card").nth(2).locator("pre").first.text_content()
        assert number > 6 or shown == HOSTILE[number], case.id
        page.keyboard.press("j")
    assert page.evaluate("window.pwned") is None
    assert page.locator("script").count() == scripts
    assert page.locator(".rows img, .rows a, dialog img, dialog a").count() == 0


def test_what_cannot_be_seen_becomes_a_badge(opened):
    """Direction marks, control characters and lone surrogates, by number."""
    page = opened("hostile")
    badges = page.locator(f"{ROWS} >> nth=7").locator(".unseen").all_inner_texts()
    assert {"U+202E", "U+202C"} <= set(badges)
    badges = page.locator(f"{ROWS} >> nth=8").locator(".unseen").all_inner_texts()
    assert {"U+D800", "U+0000", "U+001B", "U+2028"} <= set(badges)
    badges = page.locator(f"{ROWS} >> nth=9").locator(".unseen").all_inner_texts()
    assert "U+200B" in badges
    assert "U+200D" not in badges


def test_a_megabyte_on_one_line_is_shown_piece_by_piece(opened):
    """Its row and its dialog begin with little; the rest comes when it is asked for."""
    page = opened("hostile")
    place = HOSTILE.index("x" * 1_000_000)
    page.evaluate(f"document.querySelector('.grid').scrollTop = {place * 106 - 106}")
    page.click(f"#row-{place}")
    page.wait_for_selector(".arm-card .more")
    reply = page.locator(".arm-card").first.locator(".labelled", has_text="Reply").first
    assert len(reply.locator("pre").text_content()) == 12_000
    reply.locator("button", has_text="Show 100,000 more").click()
    assert len(reply.locator("pre").text_content()) == 112_000
    wide = "document.querySelector('.detail-body').scrollWidth <= innerWidth"
    assert page.evaluate(wide)


def test_it_prints(opened):
    """Numbers opened, controls gone, the rows that match as a table, as many as it says."""
    page = opened("ordinary", "#tag.language=es")
    page.wait_for_timeout(1_200)
    document = page.pdf()
    assert document.startswith(b"%PDF")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#paper tbody tr").count() == 150
    assert page.inner_text("#paper p") == "150 cases."
    assert page.locator(".figure details[open]").count() == 1
    assert not page.is_visible(".toolbar")
    assert not page.is_visible(".grid")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#paper tr").count() == 0
    assert page.locator(".figure details[open]").count() == 0


def test_more_cases_than_fit_on_paper_are_counted(opened):
    """It says how many of how many."""
    page = opened()
    page.wait_for_timeout(1_200)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#paper tbody tr").count() == 200
    assert page.text_content("#paper p") == "The first 200 of 300 cases."


@pytest.mark.parametrize("name", ["ordinary", "hostile"])
def test_a_phone_needs_no_sideways_scrolling(opened, name):
    """Neither the page nor the dialog is wider than the screen; every arm is in a card."""
    page = opened(name, width=375, height=812)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    row = page.locator(ROWS).first
    assert row.bounding_box()["width"] <= 375
    assert row.locator(".arm-name").nth(2).is_visible()
    row.click()
    page.wait_for_selector(".arm-card >> nth=2")
    assert page.evaluate("document.querySelector('.detail-body').scrollWidth") <= 375
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_dark_follows_the_system_until_it_is_turned(opened):
    """And is remembered nowhere."""
    page = opened("report", color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.click("#theme")
    light = page.evaluate(paper)
    assert (dark, light) == ("rgb(13, 17, 23)", "rgb(255, 255, 255)")
    page.reload()
    assert page.evaluate(paper) == dark


def test_contents_lead_to_sections_and_leave_filters_alone(opened):
    """The address keeps what was chosen."""
    page = opened("ordinary", "#show=gained")
    page.click(".contents a:has-text('Tokens and time')")
    assert page.evaluate("document.activeElement.id") == "spend"
    assert page.url.endswith("#show=gained")


def test_one_arm_alone_has_nothing_to_be_compared_with(opened):
    """Gained, lost and disagreeing cases are not offered; wrong ones are."""
    page = opened("one arm")
    assert page.locator(".show").all_inner_texts() == ["All", "Any arm wrong"]
    assert page.locator("#choose-candidate").count() == 0
    page.click(".show-wrong")
    wrong = [case.id for case in CASES[:40] if outcomes(case, 0) != {"correct"}]
    assert count(page) == f"{len(wrong)} of 40 cases"


def test_going_back_closes_the_case(opened):
    """As every page does."""
    page = opened()
    page.click(f"{ROWS} >> nth=1")
    page.wait_for_selector("dialog[data-case=case-1]")
    page.go_back()
    page.wait_for_selector("dialog:not([open])", state="attached")
    assert count(page) == "300 cases"


def test_a_hash_that_means_nothing_changes_nothing(opened):
    """Unknown arms, tags, cases and orders are left out."""
    page = opened("ordinary", "#reference=no&sort=latency:no&tag.no=x&case=no&show=no&outcome=no")
    assert count(page) == "300 cases"
    assert page.locator("dialog[open]").count() == 0
    assert page.input_value("#choose-reference") == PAIR[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_serious(opened, scheme, width):
    """In the page and in the dialog, on both papers, wide and narrow."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened("ordinary", width=width, color_scheme=scheme)
    found = axe.run(page).response["violations"]
    page.click(f"{ROWS} >> nth=1")
    page.wait_for_selector(".arm-card >> nth=2")
    page.evaluate(
        "document.querySelectorAll('dialog details').forEach((one) => { one.open = true; })"
    )
    found += axe.run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in serious] == []
