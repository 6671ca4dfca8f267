"""Entries in, runs of an MLflow tracking store out; what is there already is not made again."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from harness.errors import DataError, MissingExtraError, UsageError
from harness.values.digest import digest, digest_bytes

if TYPE_CHECKING:
    from mlflow import MlflowClient

State = Literal["new", "updated", "unchanged"]
Ending = Literal["RUNNING", "FINISHED", "FAILED", "KILLED"]

RUN_TAG = "harness.run_id"
ARM_TAG = "harness.arm"
CONTENT_TAG = "harness.content"

_LONGEST_PARAM = 500  # characters that every version of MLflow takes
_LONGEST_TAG = 5000
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # a server that is down is said at once
}
_EXTRA = ("mlflow", "sqlalchemy", "alembic")
_PASSWORD = re.compile(r"//[^/@]*@")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One run of MLflow. `run` and `arm` say which it is; the entry of a run as a whole has no arm.

    Times are ISO 8601. `files` are kept as artefacts under their names. `about` is not part of what
    makes two exports equal: times and the like of a replay.
    """

    run: str
    arm: str
    name: str
    started: str
    finished: str
    ending: Ending
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[Path] = ()

    @property
    def content(self) -> str:
        """A digest of everything that is exported but `about` and the times."""
        files = {path.name: digest_bytes(path.read_bytes()) for path in self.files}
        return digest([self.name, self.ending, self.params, self.metrics, self.tags, files])


@dataclass(frozen=True)
class Kept:
    """What became of an entry: the id of its run in the store, and whether that is new."""

    entry: Entry
    id: str
    state: State


class TrackingStore:
    """An experiment of the MLflow store at a URI; it is made where there is none of this name.

    Raises:
        MissingExtraError: MLflow is not installed.
        UsageError: the driver of this kind of store is not installed.
        DataError: the store cannot be reached, opened or written.
    """

    def __init__(self, uri: str, experiment: str) -> None:
        self.uri = _PASSWORD.sub("//…@", uri)
        with self._said():
            self._client = _client(uri)
            self._experiment = self._experiment_id(experiment)

    def keep(self, parent: Entry, children: Sequence[Entry]) -> list[Kept]:
        """Put a run and its arms into the store, nested; return them in this order.

        An entry that is there with the same content stays as it is; one with other content is
        logged again into the same run, so that nothing is there twice.
        """
        with self._said():
            known = self._known(parent.run)
            kept = [self._keep(parent, known, {})]
            nested = {"mlflow.parentRunId": kept[0].id}
            return kept + [self._keep(child, known, nested) for child in children]

    def _experiment_id(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        if found is None:
            return str(self._client.create_experiment(name))
        if found.lifecycle_stage != "active":
            raise DataError(
                f"the experiment {name!r} of {self.uri} was deleted: restore it with "
                "`mlflow experiments restore`, or give another --experiment"
            )
        return str(found.experiment_id)

    def _known(self, run: str) -> dict[str, Any]:
        """The runs that an earlier export made of a run, by arm."""
        search = f"tags.`{RUN_TAG}` = '{run}'"
        found: dict[str, Any] = {}
        token = None
        while True:
            page = self._client.search_runs([self._experiment], search, page_token=token)
            found |= {one.data.tags.get(ARM_TAG, ""): one for one in page}
            token = page.token
            if not token:
                return found

    def _keep(self, entry: Entry, known: Mapping[str, Any], more: Mapping[str, str]) -> Kept:
        content = entry.content
        old = known.get(entry.arm)
        if old is not None and old.data.tags.get(CONTENT_TAG) == content:
            return Kept(entry, old.info.run_id, "unchanged")
        tags = {RUN_TAG: entry.run, ARM_TAG: entry.arm, **entry.tags, **entry.about, **more}
        if old is None:
            made = self._client.create_run(
                self._experiment,
                start_time=_milliseconds(entry.started),
                tags=_cut(tags, _LONGEST_TAG),
                run_name=entry.name,
            )
            self._log(made.info.run_id, entry, {}, {})
        else:
            made = old
            self._log(made.info.run_id, entry, tags, old.data.params)
        # Last, so that an export that was cut short is made whole by the next one.
        self._client.set_tag(made.info.run_id, CONTENT_TAG, content)
        return Kept(entry, made.info.run_id, "new" if old is None else "updated")

    def _log(
        self, id_: str, entry: Entry, tags: Mapping[str, str], logged: Mapping[str, str]
    ) -> None:
        """Parameters cannot be changed once they are logged, and of one run they never do."""
        from mlflow.entities import Metric, Param, RunTag

        now = int(time.time() * 1000)  # of several values of one metric the newest counts
        params = _cut(entry.params, _LONGEST_PARAM)
        self._client.log_batch(
            id_,
            metrics=[Metric(name, value, now, 0) for name, value in entry.metrics.items()],
            params=[Param(name, text) for name, text in params.items() if name not in logged],
            tags=[RunTag(name, text) for name, text in _cut(tags, _LONGEST_TAG).items()],
        )
        for path in entry.files:
            self._client.log_artifact(id_, str(path))
        if entry.ending != "RUNNING":
            end = _milliseconds(entry.finished or entry.started)
            self._client.set_terminated(id_, status=entry.ending, end_time=end)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """What MLflow cannot do, as errors of ours that name the store."""
        try:
            yield
        except ImportError as error:
            if (error.name or "").partition(".")[0] in _EXTRA:
                raise MissingExtraError(f"the tracking store {self.uri}", "mlflow") from error
            raise UsageError(
                f"the tracking store {self.uri} needs {error.name}: {error}"
            ) from error
        except OSError as error:
            raise DataError(f"{self.uri}: {error.strerror or error}") from error
        except Exception as error:
            if not _is_theirs(error):
                raise
            raise DataError(f"{self.uri}: {_PASSWORD.sub('//…@', _first_line(error))}") from error


def require_mlflow(uri: str) -> None:
    """Nothing, where there is what the store at a URI needs first; it is not opened.

    Raises:
        MissingExtraError: MLflow is not installed.
    """
    try:
        _client_type()
    except ImportError as error:
        hidden = _PASSWORD.sub("//…@", uri)
        raise MissingExtraError(f"the tracking store {hidden}", "mlflow") from error


def _client(uri: str) -> MlflowClient:
    return _client_type()(tracking_uri=uri)


def _client_type() -> type[MlflowClient]:
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    from mlflow import MlflowClient

    for name in ("mlflow", "alembic"):  # how tables are made is nobody's business here
        logging.getLogger(name).setLevel(logging.WARNING)
    return MlflowClient


def _is_theirs(error: Exception) -> bool:
    """Errors of MLflow and of the database and HTTP clients beneath it."""
    return type(error).__module__.partition(".")[0] in ("mlflow", "sqlalchemy", "requests")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _milliseconds(time_: str) -> int:
    return int(datetime.fromisoformat(time_).timestamp() * 1000)


def _cut(texts: Mapping[str, str], limit: int) -> dict[str, str]:
    return {name: text[:limit] for name, text in texts.items()}
