"""The page's own script and style fit together, and the policy lets only them run."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections import Counter
from importlib.resources import files

import pytest

from harness.reports.page.assets import (
    LICENCES,
    MODULES,
    STYLES,
    VENDOR,
    asset,
    joined,
    policy,
    script,
    style,
)

_TOP = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let|var) (\w+)", re.MULTILINE)
_IMPORTED = re.compile(r'^import (?:\{ (.*) \}|(\w+)) from "([^"]+)";$', re.MULTILINE)


def test_every_file_has_its_place():
    """None is forgotten in the lists that say the order."""
    folder = files("harness.reports.page")
    names = {entry.name for entry in folder.joinpath("assets").iterdir()}
    assert names == {*MODULES, *STYLES, "page.html", "cases.html"}
    vendored = {entry.name for entry in folder.joinpath("vendor").iterdir()}
    assert vendored == {*VENDOR, LICENCES, "README.md"}


def test_top_level_names_are_unique():
    """Joined modules share one scope, the libraries' names included."""
    counts = Counter(
        name for module in (*MODULES,) for name in _TOP.findall(asset(module))
    ) + Counter(name for library in VENDOR for name in _TOP.findall(asset(library, "vendor")))
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("module", MODULES)
def test_imports_name_what_exists(module):
    """Each name is exported where it is said to be, and every name that is imported is used."""
    text = asset(module)
    for names, default, source in _IMPORTED.findall(text):
        folder, name = ("vendor" if "vendor" in source else "assets"), source.split("/")[-1]
        exported = asset(name, folder)
        for one in filter(None, [*names.split(", "), default]):
            assert re.search(rf"^(?:export .*|var ){one}\b", exported, re.MULTILINE), (one, source)
            assert len(re.findall(rf"\b{one}\b", text)) > 1, one


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_left_of_imports_and_exports(module):
    """Only single-line forms are taken out."""
    assert not re.search(r"^(import|export)\b", joined(asset(module)), re.MULTILINE)


def test_constants_stand_before_the_code_that_runs_at_once():
    """Only the last module does anything when it is read."""
    assert MODULES[-1] == "main.js"


def test_the_policy_has_the_hashes_of_what_is_there():
    """Computed here from the texts, not by the code under test."""
    for kind, text in (("script", script()), ("style", style())):
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy()
    assert "default-src 'none'" in policy()
    assert "unsafe" not in policy()


@pytest.mark.parametrize("text", [script(), style()], ids=["script", "style"])
def test_nothing_in_them_ends_their_element(text):
    """Nor changes when HTML is read, which would change the hash."""
    assert not re.search(r"</(script|style)|<!--|\r|\0", text, re.IGNORECASE)


def test_our_scripts_make_no_markup_and_keep_nothing():
    """Text only ever becomes text, and nothing is stored or sent."""
    ours = "\n".join(map(asset, MODULES))
    forbidden = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "cookie",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "import(",
        '.setAttribute("style"',
    )
    assert [word for word in forbidden if word in ours] == []


def test_the_libraries_are_those_the_readme_names():
    """A changed file without a changed README is found."""
    readme = asset("README.md", "vendor")
    for name in VENDOR:
        assert hashlib.sha256(asset(name, "vendor").encode()).hexdigest() in readme


def test_licences_of_the_libraries_go_with_every_page():
    """Both ask for their whole text in every copy."""
    assert script().startswith("/*!\n@tanstack/virtual-core")
    for words in ("Tanner Linsley", "Kevin Decker", "POSSIBILITY OF SUCH DAMAGE"):
        assert words in script()
