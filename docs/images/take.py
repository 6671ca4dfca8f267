"""Takes the pictures of this folder: `harness report --all`, then `python docs/images/take.py`.

Needs the extra `dev` and a Chromium, as the tests of the page do.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
RESULTS = HERE.parent.parent / "results"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PICTURES: dict[str, dict[str, Any]] = {
    "page": {"file": "review_stars.html"},
    "cases": {"file": "review_stars.html", "at": "cases"},
    "case": {"file": "order_fields.html", "hash": "case=o31_01", "height": 1000},
    "dark": {"file": "order_fields.html", "at": "cost", "dark": True},
    "index": {"file": "index.html"},
}


def take() -> None:
    """Take all of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        for name, told in PICTURES.items():
            page = browser.new_page(
                viewport={"width": 1280, "height": told.get("height", 860)},
                color_scheme="dark" if told.get("dark") else "light",
            )
            anchor = f"#{told['hash']}" if "hash" in told else ""
            page.goto(f"{(RESULTS / told['file']).as_uri()}{anchor}")
            page.wait_for_timeout(1000)
            if "at" in told:
                where = f"document.getElementById('{told['at']}')"
                page.evaluate(f"{where}.scrollIntoView({{behavior: 'instant'}})")
                page.wait_for_timeout(500)
            page.screenshot(path=HERE / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    take()
