"""Two sets of cases in, the cases that they share out: by id and digest, never by row. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

_NAMED = 3


class Overlap(msgspec.Struct, frozen=True):
    """Ids in the order of the reference. `changed` have another input or expected value."""

    common: tuple[str, ...]
    changed: tuple[str, ...]
    only_reference: tuple[str, ...]
    only_candidate: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether both sides have the same cases."""
        return not (self.changed or self.only_reference or self.only_candidate)

    def __str__(self) -> str:
        parts = [
            _named(self.changed, "changed"),
            _named(self.only_reference, "only on the reference side"),
            _named(self.only_candidate, "only on the candidate's side"),
        ]
        found = "; ".join(part for part in parts if part)
        return f"{len(self.common):,} cases in common" + (f"; {found}" if found else "")


def overlap(reference: Mapping[str, str], candidate: Mapping[str, str]) -> Overlap:
    """Compare two mappings of case ids to digests of input and expected value."""
    shared = [id_ for id_ in reference if id_ in candidate]
    return Overlap(
        common=tuple(id_ for id_ in shared if reference[id_] == candidate[id_]),
        changed=tuple(id_ for id_ in shared if reference[id_] != candidate[id_]),
        only_reference=tuple(id_ for id_ in reference if id_ not in candidate),
        only_candidate=tuple(id_ for id_ in candidate if id_ not in reference),
    )


def _named(ids: tuple[str, ...], what: str) -> str:
    if not ids:
        return ""
    more = ", …" if len(ids) > _NAMED else ""
    return f"{len(ids):,} {what} ({', '.join(ids[:_NAMED])}{more})"
