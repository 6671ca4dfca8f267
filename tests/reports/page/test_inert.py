"""Foreign text becomes HTML that shows it and does nothing else."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports.page.inert import marked, plain
from tests.reports.page.pages import HOSTILE


@pytest.mark.parametrize("text", HOSTILE)
def test_no_markup_survives(text):
    """The only tags left are the badges' own."""
    left = marked(text).replace('<span class="unseen" title="', "").replace("</span>", "")
    assert "<" not in left
    assert '"' not in plain(text)


def test_what_cannot_be_seen_is_named():
    """With its number to read and its name to point at."""
    assert marked("a\u202eb") == (
        'a<span class="unseen" title="U+202E RIGHT-TO-LEFT OVERRIDE">U+202E</span>b'
    )
    assert plain("a\ud800b") == "aU+D800b"


def test_new_lines_tabs_and_emoji_stay():
    """A joiner between pictures or letters of other scripts is no trick; after ASCII it is."""
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"
    assert marked(f"a\n\tb{family}") == f"a\n\tb{family}"
    assert "U+200D" in marked("a\N{ZERO WIDTH JOINER}b")


@given(st.text(alphabet=st.characters(), max_size=200))
def test_every_text_can_be_written_as_utf_8(text):
    """Lone surrogates too, and what can be seen is neither lost nor changed."""
    marked(text).encode()
    seen = "".join(character for character in text if character.isalnum())
    assert seen in html.unescape(marked(seen))
