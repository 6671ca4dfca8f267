"""The page's own script and style as one text each, and the policy that lets only them run.

Read from the package's files, once. The files of `assets/` are ES modules of small size; here they
are joined in the order of what needs what, without their imports and exports.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from harness.reports.figures.style import chart_css

LICENCES = "LICENSE.txt"
VENDOR = ("virtual-core.js", "diff.js")
MODULES = (
    "bytes.js",
    "marks.js",
    "dom.js",
    "numbers.js",
    "outcomes.js",
    "columns.js",
    "parts.js",
    "texts.js",
    "prompts.js",
    "state.js",
    "selection.js",
    "json.js",
    "exporting.js",
    "longtext.js",
    "difference.js",
    "reply.js",
    "detail.js",
    "rows.js",
    "grid.js",
    "toolbar.js",
    "printing.js",
    "cases.js",
    "theme.js",
    "contents.js",
    "main.js",
)
STYLES = ("base.css", "page.css", "grid.css", "detail.css", "print.css")

_IMPORT = re.compile(r'^import .* from "[^"]+";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) )", re.MULTILINE)


def asset(name: str, folder: str = "assets") -> str:
    """One file of the page as it stands in the package."""
    return files("harness.reports.page").joinpath(folder, name).read_text(encoding="utf-8")


@cache
def script() -> str:
    """All scripts as one module: first the libraries with their licences, then what is ours."""
    libraries = [f"/*!\n{asset(LICENCES, 'vendor')}*/", *(asset(n, "vendor") for n in VENDOR)]
    return "\n".join([*libraries, *(joined(asset(name)) for name in MODULES)])


@cache
def style() -> str:
    """All style sheets, those of the figures first, so that the page can set their paper."""
    return "\n".join([chart_css(), *map(asset, STYLES)])


def joined(module: str) -> str:
    """A module's text as a part of a larger one: what it needs stands before it."""
    return _EXPORT.sub("", _IMPORT.sub("", module))


def policy() -> str:
    """The Content-Security-Policy: only these two texts run and style, and nothing is loaded."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_source(script())}",
            f"style-src {_source(style())}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
