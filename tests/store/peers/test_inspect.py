"""Inspect logs: both containers, statuses, errors, epochs, tokens, and what nobody should send."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest

from harness.errors import DataError, MissingExtraError
from harness.store.peers import inspect_archive
from harness.store.peers.inspect import read_inspect
from harness.values.reply import Answer, Failure, Usage

from .logs import compressed_with_zstd, inspect_eval, inspect_json, inspect_sample


@pytest.mark.parametrize("write", [inspect_eval, inspect_json])
def test_both_containers_hold_the_same(tmp_path: Path, write) -> None:
    """Samples in the order of their ids, whatever the order in the file."""
    samples = [inspect_sample(10, "no"), inspect_sample(2, "yes")]
    (log,) = read_inspect(write(tmp_path / "log.eval", samples))
    assert (log.status, log.model, log.arm, log.limit) == ("success", "acme/small", "small", None)
    assert [sample.id for sample in log.samples] == ["2", "10"]
    first = log.samples[0]
    assert (first.input, first.expected) == ({"input": "question 2"}, "yes")
    assert first.reply == Answer(
        first.reply.message,
        usage=Usage(input=10, output=2),
        model="small-2026",
        latency=0.5,
        scores={"match": 1.0},
    )
    assert first.reply.text == "yes"
    assert log.samples[1].scores == {"match": 0.0}


@pytest.mark.parametrize("status", ["success", "cancelled", "error", "started"])
def test_the_status_is_kept(tmp_path: Path, status: str) -> None:
    """Whatever became of it."""
    path = inspect_json(tmp_path / "log.json", [inspect_sample(1, "yes")], status=status)
    assert read_inspect(path)[0].status == status


def test_a_log_that_was_never_finished_has_its_beginning(tmp_path: Path) -> None:
    """An archive without header.json is one that was killed: started, not success."""
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w") as archive:
        start = {"eval": {"model": "acme/small"}}
        archive.writestr("_journal/start.json", json.dumps(start))
        archive.writestr("samples/1_epoch_1.json", json.dumps(inspect_sample(1, "yes")))
    assert read_inspect(str(path))[0].status == "started"


def test_errors_are_failures_and_never_answers(tmp_path: Path) -> None:
    """An error of the provider is told from one of the code around it; keys are removed."""
    words = "RateLimitError: 429 for key sk-abcdefghijklmnop123456"
    samples = [
        inspect_sample(1, "no", error={"message": words, "traceback": "…"}),
        inspect_sample(2, "no", error={"message": "KeyError('x')"}),
        inspect_sample(3, "no", output={"choices": []}),
    ]
    (log,) = read_inspect(inspect_json(tmp_path / "log.json", samples))
    replies = [sample.reply for sample in log.samples]
    assert all(isinstance(reply, Failure) for reply in replies)
    assert [reply.kind for reply in replies] == ["rate_limited", "harness", "harness"]
    assert "sk-abc" not in replies[0].detail
    assert [sample.scores for sample in log.samples] == [{}, {}, {}]


def test_epochs_are_trials_and_a_limit_is_kept(tmp_path: Path) -> None:
    """Two epochs of two cases of ten."""
    samples = [inspect_sample(i, "yes", epoch=epoch) for i in (1, 2) for epoch in (1, 2)]
    about = {"config": {"limit": 2, "epochs": 2}, "dataset": {"samples": 10}}
    (log,) = read_inspect(inspect_json(tmp_path / "log.json", samples, **about))
    assert [(sample.id, sample.trial) for sample in log.samples] == [
        ("1", 0),
        ("1", 1),
        ("2", 0),
        ("2", 1),
    ]
    assert log.limit == 2


@pytest.mark.parametrize(
    ("value", "score"),
    [("C", 1), ("I", 0), ("P", 0.5), ("N", 0), (True, 1), (0.25, 0.25), ("0.5", 0.5)],
)
def test_values_of_scores(tmp_path: Path, value, score: float) -> None:
    """Letters, truth and numbers."""
    sample = inspect_sample(1, "yes", scores={"s": {"value": value}})
    (log,) = read_inspect(inspect_json(tmp_path / "log.json", [sample]))
    assert log.samples[0].scores == {"s": score}


def test_scores_that_are_none_are_left_out_and_said(tmp_path: Path) -> None:
    """Not scored is NaN to Inspect; a table of values is as many scores."""
    scores = {"a": {"value": float("nan")}, "b": {"value": {"x": 1, "y": 7}}}
    path = inspect_json(tmp_path / "log.json", [inspect_sample(1, "yes", scores=scores)])
    (log,) = read_inspect(path)
    assert log.samples[0].scores == {"b.x": 1.0}
    assert "a (1 sample) and b.y (1 sample)" in log.notes[0]


def test_several_turns(tmp_path: Path) -> None:
    """The last text is the reply; tokens are those of every call of the model under test."""
    sample = inspect_sample(1, "yes")
    sample["messages"] = [{"role": role} for role in ("user", "assistant", "tool", "assistant")]
    sample["model_usage"] = {
        "acme/small": {"input_tokens": 30, "output_tokens": 9, "total_tokens": 39},
        "acme/judge": {"input_tokens": 99, "output_tokens": 99, "total_tokens": 198},
    }
    (log,) = read_inspect(inspect_json(tmp_path / "log.json", [sample]))
    assert log.samples[0].reply.usage == Usage(input=30, output=9)
    assert log.notes[0].startswith("1 sample of 1 have several turns")


@pytest.mark.parametrize(("total", "whole"), [(52, 50), (62, 60)])
def test_the_cache_is_in_the_input_or_beside_it(tmp_path: Path, total: int, whole: int) -> None:
    """The total says which: newer versions count what a cache held outside of the input."""
    sample = inspect_sample(1, "yes")
    sample["output"]["usage"] = {
        "input_tokens": 50,
        "output_tokens": 2,
        "total_tokens": total,
        "input_tokens_cache_read": 10,
        "reasoning_tokens": 1,
    }
    (log,) = read_inspect(inspect_json(tmp_path / "log.json", [sample]))
    expected = Usage(input=whole, cached=10, output=2, reasoning=1)
    assert log.samples[0].reply.usage == expected


def test_parts_attachments_and_endings(tmp_path: Path) -> None:
    """Text parts count; a text that stands apart is fetched; a limit cuts like too many tokens."""
    sample = inspect_sample(1, "", attachments={"abc": "a long question"})
    sample["input"] = [{"role": "user", "content": "attachment://abc"}]
    parts = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "yes"}]
    sample["output"]["choices"][0]["message"]["content"] = parts
    sample["limit"] = {"type": "token", "limit": 5}
    (log,) = read_inspect(inspect_json(tmp_path / "log.json", [sample]))
    (found,) = log.samples
    assert found.input == {"input": [{"role": "user", "content": "a long question"}]}
    assert (found.reply.text, found.reply.finish) == ("yes", "length")


def test_an_entry_that_unpacks_to_absurdly_much(tmp_path: Path, monkeypatch) -> None:
    """It is refused before it is in memory as a whole."""
    monkeypatch.setattr(inspect_archive, "MOST_BYTES", 1 << 20)
    sample = inspect_sample(1, "yes", store={"zeros": "0" * (2 << 20)})
    path = inspect_eval(tmp_path / "log.eval", [sample])
    assert Path(path).stat().st_size < 1 << 16
    with pytest.raises(DataError, match="unpacks to more than 1 MiB"):
        read_inspect(path)


@pytest.mark.parametrize("name", ["../../evil.json", "/etc/passwd", "samples\\x.json"])
def test_paths_in_an_archive(tmp_path: Path, name: str) -> None:
    """Nothing is ever unpacked to disk, and such an archive is no log."""
    path = Path(inspect_eval(tmp_path / "log.eval", [inspect_sample(1, "yes")]))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "{}")
    with pytest.raises(DataError, match="is no Inspect log: it has an entry called"):
        read_inspect(str(path))


def test_what_is_broken_says_where(tmp_path: Path) -> None:
    """The entry of the archive; nothing of samples; a file cut short."""
    whole = Path(inspect_eval(tmp_path / "log.eval", [inspect_sample(1, "yes")]))
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("samples/2_epoch_1.json", '{"id": 2, "epoch": 1}')
    with pytest.raises(DataError, match=r"log\.eval!samples/2_epoch_1\.json:2: .*`input`"):
        read_inspect(str(whole))
    cut = tmp_path / "cut.eval"
    cut.write_bytes(whole.read_bytes()[:600])
    with pytest.raises(DataError, match="or is damaged"):
        read_inspect(str(cut))
    with pytest.raises(DataError, match="holds no samples"):
        read_inspect(inspect_json(tmp_path / "none.json", []))


def test_archives_of_newer_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compressed with zstd: read alike, bounded alike, and refused alike where damaged."""
    path = Path(inspect_eval(tmp_path / "log.eval", [inspect_sample(1, "yes" * 500)]))
    plain = read_inspect(str(path))
    compressed_with_zstd(path)
    assert read_inspect(str(path)) == plain
    monkeypatch.setattr(inspect_archive, "MOST_BYTES", 400)
    with pytest.raises(DataError, match="unpacks to more than"):
        read_inspect(str(path))
    monkeypatch.undo()
    broken = path.read_bytes().replace(b"\x28\xb5\x2f\xfd", b"\0\0\0\0")
    path.write_bytes(broken)
    with pytest.raises(DataError, match="or is damaged"):
        read_inspect(str(path))


def test_newer_archives_need_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named; it is no damage."""
    path = Path(inspect_eval(tmp_path / "log.eval", [inspect_sample(1, "yes")]))
    compressed_with_zstd(path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"prompted-vs-tuned\[parquet\]"):
        read_inspect(str(path))


def test_ids_with_slashes_and_samples_in_chunks(tmp_path: Path) -> None:
    """Both stand in folders of the archive; only the latter have a sample.json there."""
    samples = [inspect_sample("math/1", "yes"), inspect_sample("math/2", "no")]
    path = Path(inspect_eval(tmp_path / "log.eval", samples))
    (log,) = read_inspect(str(path))
    assert [sample.id for sample in log.samples] == ["math/1", "math/2"]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("samples/3_epoch_1/sample.json", "{}")
        archive.writestr("samples/3_epoch_1/messages/0.json", "[]")
    with pytest.raises(DataError, match=r"holds samples in chunks(?s:.*)converted from"):
        read_inspect(str(path))


def test_an_archive_with_a_password(tmp_path: Path) -> None:
    """Nothing that can be read, and no crash."""
    path = Path(inspect_eval(tmp_path / "log.eval", [inspect_sample(1, "yes")]))
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1  # the flag of encryption in the directory at the end
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)
    with pytest.raises(DataError, match="is encrypted"):
        read_inspect(str(path))


def test_what_was_taken_back_is_a_failure(tmp_path: Path) -> None:
    """An invalidated sample keeps its text and score in the log, and both mean nothing."""
    back = {"author": "somebody", "reason": "the sandbox was down"}
    (log,) = read_inspect(
        inspect_json(tmp_path / "log.json", [inspect_sample(1, "yes", invalidation=back)])
    )
    reply = log.samples[0].reply
    assert isinstance(reply, Failure)
    assert reply.detail == "the sample was invalidated: the sandbox was down"


@pytest.mark.parametrize("config", [{"limit": 1}, {"limit": [3, 4]}, {"sample_id": ["1"]}])
def test_a_part_of_the_data_set_is_limited(tmp_path: Path, config: dict) -> None:
    """However it was chosen; what was asked whole is not."""
    for size, limit in ((5, 1), (1, None)):
        path = inspect_json(
            tmp_path / "log.json",
            [inspect_sample(1, "yes")],
            config=config,
            dataset={"samples": size},
        )
        assert read_inspect(path)[0].limit == limit
