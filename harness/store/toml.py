"""TOML text into typed values, with every problem at its line: unknown keys, types, gaps."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec
from msgspec.structs import fields

from harness.errors import DataError, Problem

T = TypeVar("T", bound=msgspec.Struct)
KeyPath = tuple[str, ...]

_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(
    r"^\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")
_PATTERNS = {
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z": 'day` in quotes, as "2026-11-28"',
    r"\A[A-Z]{3}\Z": "currency` of three capital letters, as USD",
}
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """The text of a UTF-8 file (with or without BOM); None and a problem where there is none."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(file=str(path), message="there is no such file"))
    except OSError as error:
        problems.append(Problem(file=str(path), message=f"cannot be read ({error.strerror})"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"byte {error.object[error.start]:#04x} is not UTF-8"
        hint = "save the file as UTF-8"
        problems.append(Problem(file=str(path), line=line, message=message, hint=hint))
    return None


def read_toml(path: Path, type_: type[T], problems: list[Problem]) -> T | None:
    """A file as a value of `type_`; what is wrong is added to `problems`, all of it.

    With problems the value is what could be made of the rest, for further checks: what is required
    and missing is empty. None when the file is no TOML at all.
    """
    text = read_text(path, problems)
    if text is None:
        return None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.search(str(error))
        line = int(match[1]) if match and match[1] else text.rstrip().count("\n") + 1
        message = f"broken TOML: {_AT_LINE.sub('', str(error))}"
        problems.append(Problem(file=str(path), line=line, message=message))
        return None
    return _Converter(str(path), text, problems).table(raw, type_, ())


def read_toml_or_none(path: Path, type_: type[T]) -> T | None:
    """A file as a value of `type_`; None where there is no file.

    Raises:
        DataError: with all problems of the file.
    """
    if not path.exists():
        return None
    problems: list[Problem] = []
    value = read_toml(path, type_, problems)
    if problems or value is None:
        raise DataError(problems)
    return value


def line_of(text: str, path: KeyPath) -> int:
    """The line (from 1) that defines the longest known prefix of a key path; 0 where none does.

    A table without a header of its own stands where its first key stands.
    """
    best, found = 0, 0
    for number, defined in _definitions(text):
        common = _common_prefix(defined, path)
        if common in (len(defined), len(path)) and common > best:
            best, found = common, number
    return found


def _definitions(text: str) -> Iterator[tuple[int, KeyPath]]:
    table: KeyPath = ()
    for number, statement in _statements(text):
        if header := _HEADER.match(statement):
            table = _parts(header[1])
            yield number, table
        elif key := _KEY.match(statement):
            yield number, table + _parts(key[1])


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header, key or blank line with its line number; what spans lines stays whole."""
    statement, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        statement += line + "\n"
        try:
            tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        yield start, statement
        statement, start = "", number + 1


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _common_prefix(left: KeyPath, right: KeyPath) -> int:
    length = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        length += 1
    return length


class _Converter:
    """Walks a raw table beside its type, so that one bad key does not hide the next."""

    def __init__(self, file: str, text: str, problems: list[Problem]) -> None:
        self._file = file
        self._text = text
        self._problems = problems

    def table(self, raw: Any, type_: type[T], path: KeyPath) -> T | None:
        if not isinstance(raw, dict):
            self._report(path, f"{_dotted(path)} must be a table, not {raw!r}")
            return None
        known = {field.encode_name: field for field in fields(type_)}
        self._unknown(raw, list(known), path)
        values: dict[str, Any] = {}
        for key, field in known.items():
            before = len(self._problems)
            if key in raw:
                value = self._value(raw[key], field.type, (*path, key))
                if len(self._problems) == before or value is not None:
                    values[field.name] = value
            elif field.required:
                self._report(path, f"{_dotted((*path, key))} is missing")
            if field.required and field.name not in values:
                values[field.name] = _stand_in(field.type)
        return type_(**values)

    def _value(self, raw: Any, type_: Any, path: KeyPath) -> Any:
        struct = _struct_in(type_)
        if struct is not None:
            return self.table(raw, struct, path)
        tag_field, structs = _tagged(type_)
        if structs and isinstance(raw, dict):
            return self._tagged_table(raw, tag_field, structs, path)
        entries = _entries_of(type_)
        if entries and raw and isinstance(raw, dict):
            name_type, entry_type = entries
            return self._entries(raw, name_type, entry_type, path)
        return self._leaf(raw, type_, path)

    def _tagged_table(
        self,
        raw: Mapping[str, Any],
        tag_field: str,
        structs: Mapping[str, type[msgspec.Struct]],
        path: KeyPath,
    ) -> Any:
        """A table whose `tag_field` says of which type it is."""
        known = ", ".join(map(repr, structs))
        if tag_field not in raw:
            self._report(path, f"{_dotted((*path, tag_field))} is missing", f"one of {known}")
            return None
        tag = raw[tag_field]
        if not isinstance(tag, str) or tag not in structs:
            where = (*path, tag_field)
            self._report(where, f"{_dotted(where)} = {tag!r}: unknown", f"one of {known}")
            return None
        rest = {key: value for key, value in raw.items() if key != tag_field}
        return self.table(rest, structs[tag], path)

    def _entries(
        self, raw: Mapping[str, Any], name_type: Any, entry_type: Any, path: KeyPath
    ) -> dict[str, Any]:
        entries = {}
        for name, value in raw.items():
            if self._leaf(name, name_type, (*path, name)) is None:
                continue
            converted = self._value(value, entry_type, (*path, name))
            if converted is not None:
                entries[name] = converted
        return entries

    def _leaf(self, raw: Any, type_: Any, path: KeyPath) -> Any:
        try:
            return msgspec.convert(raw, type_)
        except msgspec.ValidationError as error:
            reason = str(error).split(" - at `")[0]
            self._report(path, f"{_dotted(path)} = {raw!r}: {_plain(reason)}")
            return None

    def _unknown(self, raw: Mapping[str, Any], known: list[str], path: KeyPath) -> None:
        for key in raw:
            if key not in known:
                close = get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(known)}"
                self._report((*path, key), f"unknown key {_dotted((*path, key))}", hint)

    def _report(self, path: KeyPath, message: str, hint: str = "") -> None:
        line = line_of(self._text, path)
        self._problems.append(Problem(file=self._file, line=line, message=message, hint=hint))


def _stand_in(type_: Any) -> Any:
    """An empty value where a required one is missing, so that the checks of the rest can go on."""
    struct = _struct_in(type_)
    if struct is not None:
        required = [field for field in fields(struct) if field.required]
        return struct(**{field.name: _stand_in(field.type) for field in required})
    if get_origin(type_) is Annotated:
        return _stand_in(get_args(type_)[0])
    if get_origin(type_) is Literal:
        return get_args(type_)[0]
    return (get_origin(type_) or type_)()


def _dotted(path: KeyPath) -> str:
    return ".".join(path) or "the file"


def _plain(reason: str) -> str:
    """A sentence of msgspec in the words of TOML."""
    for pattern, words in _PATTERNS.items():
        reason = reason.replace(f"str` matching regex {pattern!r}", words)
    return (
        reason.replace("`", "")
        .replace("Expected str, got date", "expected a day in quotes")
        .replace("Expected ", "expected ")
        .replace(" | null", "")
        .replace("Object ", "the table ")
        .replace(" object of length >= 1", " a table that is not empty")
        .replace(" of length >= 1", " that is not empty")
    )


def _struct_in(type_: Any) -> type[msgspec.Struct] | None:
    """The struct in `Struct` or `Struct | None`; None for everything else, tagged unions too."""
    options = [option for option in get_args(type_) or (type_,) if option is not NoneType]
    only = options[0] if len(options) == 1 else None
    return only if isinstance(only, type) and issubclass(only, msgspec.Struct) else None


def _entries_of(type_: Any) -> tuple[Any, ...]:
    """The types of names and values of `dict` or of an annotated one; nothing for the rest."""
    bare = get_args(type_)[0] if get_origin(type_) is Annotated else type_
    return get_args(bare) if get_origin(bare) is dict else ()


def _tagged(type_: Any) -> tuple[str, dict[str, type[msgspec.Struct]]]:
    """The tag field and the structs by tag of a union of tagged structs; nothing for the rest."""
    options = get_args(type_)
    if not all(isinstance(one, type) and issubclass(one, msgspec.Struct) for one in options):
        return "", {}
    configs = {option: option.__struct_config__ for option in options}
    field = next((str(config.tag_field) for config in configs.values()), "")
    return field, {str(config.tag): option for option, config in configs.items()}
