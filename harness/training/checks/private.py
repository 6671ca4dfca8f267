"""Rows in, secrets and personal data in their texts out. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from harness.text.secrets import find_secret
from harness.training.checks.pii import KINDS, find_personal
from harness.training.checks.tally import Tally, finding, rows_of
from harness.training.checks.view import View, all_texts
from harness.values.finding import Finding

# Every pattern of a secret needs 12 characters without a blank, or says BEGIN.
_MAY_BE_SECRET = re.compile(r"\S{12}|-----BEGIN")
_BEFORE = 40  # characters of context in a sample


class Private:
    """A watch over all texts of rows."""

    def __init__(self) -> None:
        self._secrets = Tally()
        self._personal = Tally()
        self._kinds: Counter[str] = Counter()

    def see(self, row: View) -> None:
        """Take in one row."""
        texts = [text for text in all_texts(row) if _MAY_BE_SECRET.search(text)]
        secret = next((text for text in texts if find_secret(text)), None)
        if secret is not None:
            self._secrets.add(row.line, _around_secret(secret))
        self._see_personal(row)

    def found(self, file: str) -> Iterator[Finding]:
        """One finding for secrets, one for personal data of all kinds."""
        if self._secrets.count:
            message = f"{rows_of(self._secrets.count)} with what looks like a secret"
            yield finding("secret", file, message, self._secrets)
        if self._personal.count:
            kinds = ", ".join(f"{self._kinds[k]:,} {k}" for k in KINDS if self._kinds[k])
            message = f"{rows_of(self._personal.count)} with personal data: {kinds}"
            yield finding("personal-data", file, message, self._personal)

    def _see_personal(self, row: View) -> None:
        first = ""
        for text in all_texts(row):
            found = find_personal(text)
            self._kinds.update(kind for _, _, kind in found)
            if found and not first:
                first = text[max(0, found[0].start - _BEFORE) :]
        if first:
            self._personal.add(row.line, first)


def _around_secret(text: str) -> str:
    """The text from a little before its first secret on."""
    shown = find_secret(text)
    start = text.find(shown.removesuffix("…")) if shown else 0
    return text[max(0, start - _BEFORE) :]
