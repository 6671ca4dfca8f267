"""A real Chromium for the tests marked `browser`, one for all of them, in a thread of its own."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from benchmarks.page.browser import ARGUMENTS
from harness.reports.page.values import GridCase
from tests.reports.page.pages import (
    ARMS,
    PAIR,
    hostile_cases,
    html,
    html_of_parts,
    ordinary_cases,
    report,
    unlike_cases,
)

_POOL = ThreadPoolExecutor(1)
_LOCAL = ("file:", "data:", "blob:")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Playwright's loop owns its thread; in the main one no asynchronous test could follow it."""
    if pyfuncitem.get_closest_marker("browser") is None:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    _POOL.submit(pyfuncitem.obj, **arguments).result()
    return True


def _chromium() -> str:
    named = os.environ.get("HARNESS_CHROMIUM")
    if named:
        if not Path(named).exists():
            pytest.fail(f"HARNESS_CHROMIUM names {named}, and there is no such file")
        return named
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium is installed: apt-get install chromium, or set HARNESS_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser():
    """Started once; every test gets a context of its own, as if it were a fresh profile."""
    path = _chromium()
    driver = pytest.importorskip("playwright.sync_api")

    def start():
        playwright = driver.sync_playwright().start()
        launched = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        return playwright, launched

    playwright, launched = _POOL.submit(start).result()
    yield launched
    _POOL.submit(launched.close).result()
    _POOL.submit(playwright.stop).result()


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    """The files that tests open."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {
        "ordinary": html(report(), ARMS, ordinary_cases(), pair=PAIR),
        "hostile": html(report(), ARMS, hostile_cases(), pair=PAIR),
        "parts": html_of_parts(report(), ARMS, ordinary_cases(), 61, pair=PAIR),
        "unlike": html_of_parts(report(name=""), ARMS, unlike_cases(), 1),
        "report": html(report()),
        "one arm": html(report(), ARMS[:1], [_of_one_arm(case) for case in ordinary_cases(40)]),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture
def opened(browser, pages):
    """Opens a page and waits until its cases can be searched; a noise or a request is a failure."""
    contexts, noises = [], []

    def open_page(name="ordinary", fragment="", *, width=1280, height=900, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: noises.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: noises.append(f"error: {error}"))
        page.on("dialog", lambda dialog: noises.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: _check(request.url, noises))
        page.goto(pages[name].as_uri() + fragment)
        if name != "report":
            page.wait_for_selector("html[data-search=ready]", state="attached")
        return page

    yield open_page
    for context in contexts:
        _POOL.submit(context.close).result()
    assert noises == []


def _of_one_arm(case: GridCase) -> GridCase:
    return msgspec.structs.replace(case, replies=case.replies[:1])


def _check(address: str, noises: list[str]) -> None:
    if not address.startswith(_LOCAL):
        noises.append(f"request: {address}")
