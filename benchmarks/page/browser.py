"""A page in a real Chromium: seconds until it can be used, milliseconds that filters take."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WAIT_MS = 120_000

FILTERS = {
    "gained": "button.show-gained",
    "all wrong": "button.show-allwrong",
    "all again": "button.show-all",
    "sorted by latency": ("#choose-sort", "latency:few_shot"),
    "one tag": ("#choose-tag-language", "pt"),
    "outcome of any arm": ("#choose-outcome", "refused"),
}
SEARCHES = ("refund", "the", "zzz none", "a")

# The time from the event until the new rows are laid out: handlers run before dispatchEvent ends.
_CLICK = """selector => { const begun = performance.now();
  document.querySelector(selector).click();
  document.querySelector("#cases").getBoundingClientRect(); return performance.now() - begun; }"""
_CHOOSE = """([selector, value]) => { const select = document.querySelector(selector);
  select.value = value; const begun = performance.now();
  select.dispatchEvent(new Event("change"));
  document.querySelector("#cases").getBoundingClientRect(); return performance.now() - begun; }"""
_SEARCH = """text => { const box = document.querySelector("#search");
  const real = window.setTimeout; window.setTimeout = (run) => { run(); return 0; };
  box.value = text; const begun = performance.now();
  box.dispatchEvent(new Event("input")); window.setTimeout = real;
  document.querySelector("#cases").getBoundingClientRect(); return performance.now() - begun; }"""


def timings(path: Path) -> dict[str, float]:
    """'usable' and 'searchable' in seconds after the start of loading, the rest in milliseconds.

    Typing is measured without the wait for the next key.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri(), wait_until="commit")
        found = {"usable": _seconds_until(page, "grid")}
        found["searchable"] = _seconds_until(page, "search")
        for name, what in FILTERS.items():
            kind = _CLICK if isinstance(what, str) else _CHOOSE
            found[name] = page.evaluate(kind, what if isinstance(what, str) else list(what))
        page.reload()
        _seconds_until(page, "search")
        for text in SEARCHES:
            found[f"search {text!r}"] = page.evaluate(_SEARCH, text)
        browser.close()
    return found


def _seconds_until(page: Any, what: str) -> float:
    """When the page said so by its own clock, which begins with the navigation."""
    page.wait_for_selector(f"html[data-{what}=ready]", state="attached", timeout=_WAIT_MS)
    found: float = page.evaluate(f"performance.getEntriesByName('{what} ready')[0].startTime")
    return found / 1000
