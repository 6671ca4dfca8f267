"""Small logs in the shapes of Inspect, lm-evaluation-harness, promptfoo and OpenAI evals."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def inspect_sample(id_: int | str, text: str, **more: Any) -> dict[str, Any]:
    choice = {"message": {"role": "assistant", "content": text}, "stop_reason": "stop"}
    sample: dict[str, Any] = {
        "id": id_,
        "epoch": 1,
        "input": f"question {id_}",
        "target": "yes",
        "output": {
            "model": "small-2026",
            "choices": [choice],
            "usage": {"input_tokens": 10, "output_tokens": 2, "total_tokens": 12},
            "time": 0.5,
        },
        "scores": {"match": {"value": "C" if text == "yes" else "I", "answer": text}},
        "events": [{"event": "model", "call": {"headers": {"authorization": "Bearer sk-no"}}}],
    }
    return sample | more


def inspect_header(status: str = "success", **more: Any) -> dict[str, Any]:
    about = {
        "task": "demo",
        "model": "acme/small",
        "created": "2026-09-30T23:30:00-04:00",
        "model_args": {"api_key": "sk-not-to-be-read"},
    }
    return {"version": 2, "status": status, "eval": about | more, "plan": {}}


def inspect_json(path: Path, samples: Sequence[Any], **header: Any) -> str:
    path.write_text(json.dumps(inspect_header(**header) | {"samples": list(samples)}))
    return str(path)


def inspect_eval(path: Path, samples: Sequence[Any], **header: Any) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_journal/start.json", json.dumps(inspect_header(**header)))
        for sample in samples:
            name = f"samples/{sample['id']}_epoch_{sample['epoch']}.json"
            archive.writestr(name, json.dumps(sample))
        archive.writestr("header.json", json.dumps(inspect_header(**header)))
    return str(path)


def compressed_with_zstd(path: Path) -> str:
    """The archive again as inspect_ai writes it since 0.3.206: in the method 93 of zip files."""
    import pyarrow as pa

    with zipfile.ZipFile(path) as archive:
        entries = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for info, data in entries:
            archive.writestr(info.filename, pa.compress(data, "zstd", asbytes=True))
            written = archive.infolist()[-1]  # what the directory at the end will say of it
            written.compress_type, written.file_size, written.CRC = 93, len(data), info.CRC
    return str(path)


def lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def generated(doc_id: int, text: str, filter_: str = "none", **scores: float) -> dict[str, Any]:
    """A row of a task that generates text."""
    return {
        "doc_id": doc_id,
        "doc": {"question": f"question {doc_id}", "answer": "yes"},
        "target": "yes",
        "arguments": {"gen_args_0": {"arg_0": f"Q: question {doc_id}\nA:", "arg_1": {"until": []}}},
        "resps": [[text]],
        "filtered_resps": [text],
        "filter": filter_,
        "metrics": list(scores),
        "doc_hash": "0",
        **scores,
    }


def chosen(doc_id: int, likelihoods: Sequence[float], gold: int, **more: Any) -> dict[str, Any]:
    """A row of a task that compares likelihoods of options."""
    options = ["red", "green", "blue"][: len(likelihoods)]
    best = list(likelihoods).index(max(likelihoods))
    row: dict[str, Any] = {
        "doc_id": doc_id,
        "doc": {"question": f"question {doc_id}", "choices": options, "gold": gold},
        "target": str(gold),
        "arguments": {
            f"gen_args_{i}": {"arg_0": f"question {doc_id}", "arg_1": f" {option}"}
            for i, option in enumerate(options)
        },
        "resps": [[[str(value), "False"]] for value in likelihoods],
        "filtered_resps": [[str(value), "False"] for value in likelihoods],
        "acc": float(best == gold),
    }
    return row | more


def promptfoo_result(test: int, output: Any, *, good: bool, **more: Any) -> dict[str, Any]:
    result: dict[str, Any] = {
        "promptIdx": 0,
        "testIdx": test,
        "provider": {"id": "openai:small", "label": ""},
        "prompt": {"raw": f"Say question {test}", "label": "Say {{q}}"},
        "vars": {"q": f"question {test}"},
        "testCase": {
            "vars": {"q": f"question {test}"},
            "assert": [{"type": "latency", "threshold": 9}, {"type": "equals", "value": "yes"}],
        },
        "response": {
            "output": output,
            "tokenUsage": {
                "prompt": 10,
                "completion": 3,
                "total": 13,
                "completionDetails": {"reasoning": 1},
            },
            "headers": {"authorization": "Bearer sk-no"},
        },
        "success": good,
        "failureReason": 0 if good else 1,
        "score": 1 if good else 0.5,
        "latencyMs": 250,
        "namedScores": {"tone": 0.75},
        "error": None if good else "Expected output to equal yes",
    }
    return result | more


def promptfoo_file(path: Path, results: Sequence[Any], version: int = 3) -> str:
    summary = {
        "version": version,
        "timestamp": "2026-09-01T10:00:00.000Z",
        "results": list(results),
        "prompts": [],
    }
    config = {"env": {"OPENAI_API_KEY": "sk-not-to-be-read"}}
    path.write_text(json.dumps({"evalId": "e", "results": summary, "config": config}))
    return str(path)


def openai_spec(**more: Any) -> dict[str, Any]:
    spec = {
        "completion_fns": ["small"],
        "eval_name": "demo.s1.v0",
        "created_at": "2026-08-01 10:00:00.5",
        "run_config": {"command": "oaieval --api_key sk-not-to-be-read"},
    }
    return {"spec": spec | more}


def openai_event(sample: str, type_: str, **data: Any) -> dict[str, Any]:
    return {
        "run_id": "r",
        "event_id": 0,
        "sample_id": sample,
        "type": type_,
        "data": data,
        "created_at": "2026-08-01 10:00:01.5+00:00",
    }
