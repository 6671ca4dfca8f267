"""A FAKE of the fine-tuning API of OpenAI and Azure (v1) on 127.0.0.1; for tests alone.

No account can be reached from the tests: this is what the platforms' references document (README.md
beside this file says which parts), written by us. Nothing is trained; losses are a formula.

    with fake_tuning() as fake:
        client = openai.OpenAI(base_url=fake.openai_url, api_key=KEY)

A job moves on by one stage each time it is looked at (GET of the job), never by the clock, so that
tests need no sleep: `fake.stages` names the statuses that it passes through.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil, exp
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "sk-fake-tuning-0123456789abcdef"
TUNABLE = ("gpt-4.1-2025-04-14", "gpt-4.1-mini-2025-04-14", "gpt-4o-mini-2024-07-18", "o4-mini")
SHUTDOWN = "2027-01-14"
SHUTDOWN_SECONDS = 1_799_884_800  # the same day, as Azure writes it
BOM = b"\xef\xbb\xbf"
STARTED = 1_790_000_000
CLOSED_MESSAGE = (
    "OpenAI is winding down the fine-tuning platform and your organization is no longer able to "
    "create new fine-tuning training jobs."
)
ENDED = ("succeeded", "failed", "cancelled")

JSON = dict[str, Any]


class RefusedError(Exception):
    """An answer that is an error object in OpenAI's shape."""

    def __init__(
        self, status: int, message: str, code: str | None = None, param: str | None = None
    ):
        super().__init__(message)
        self.status = status
        kind = "invalid_request_error" if status != 429 else code
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


@dataclass
class Fault:
    """What happens to the next `times` calls whose 'METHOD path' matches `calls`, after `skip`.

    `kind`: "status" answers `status` with `body`; "cut" closes the connection before anything is
    done; "lost" does it and closes the connection before the answer; "slow" waits `seconds`.
    """

    calls: str
    kind: str = "status"
    status: int = 500
    body: JSON | str = ""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    skip: int = 0
    seconds: float = 0.0


class FakeTuning:
    """One running fake. Set the attributes before the calls that they change."""

    def __init__(self) -> None:
        self.files: dict[str, JSON] = {}
        self.contents: dict[str, bytes] = {}
        self.jobs: dict[str, JSON] = {}
        self.events: dict[str, list[JSON]] = {}
        self.checkpoints: dict[str, list[JSON]] = {}
        self.models: dict[str, JSON] = {}
        self.calls: list[str] = []
        self.bodies: list[JSON] = []
        self.faults: list[Fault] = []
        self.stages = ["validating_files", "queued", "running", "running", "succeeded"]
        self.file_looks = 0  # how often a file is looked at before it is processed
        self.head_start = 0  # how many looks a job has behind it when it is created
        self.fail_at_step = 0  # the step at which a job fails; 0 for never
        self.keys: set[str] = set()  # what was given as a key, "" for none
        self.open = False  # no key is wanted
        self.closed = False  # the organization may begin no new jobs
        self.overfits = False  # the full validation loss rises again in the last epoch
        self.keeps_metadata = True
        self._lock = threading.RLock()
        self._now = STARTED
        self._numbers = 0
        self._looks: dict[str, int] = {}
        self.port = 0

    @property
    def openai_url(self) -> str:
        """The base URL in OpenAI's form."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def azure_url(self) -> str:
        """The base URL in the form of Azure's v1 API."""
        return f"http://127.0.0.1:{self.port}/openai/v1/"

    def count(self, call: str) -> int:
        """How many calls were made whose 'METHOD path' matches."""
        return sum(re.fullmatch(call, one) is not None for one in self.calls)

    def expire(self, file: str) -> None:
        """A file is gone, as after its expiry or a deletion on the platform's page."""
        del self.files[file], self.contents[file]

    def cancel(self, job: str) -> JSON:
        """Cancel a job; also what somebody else does on the platform's page."""
        if self.jobs[job]["status"] not in ENDED:
            self._end(self.jobs[job], "cancelled")
            self._event(job, "The job was cancelled.")
        return self.jobs[job]

    # ------------------------------------------------------------------ the routes

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes, kind: str) -> JSON:
        """The answer to one call; raises RefusedError."""
        azure = path.startswith("/openai/v1")
        parts = path.removeprefix("/openai").removeprefix("/v1").strip("/").split("/")
        with self._lock:
            match method, parts:
                case _, ["files", *name]:
                    return self._answer_files(method, name, body, kind, azure=azure)
                case "GET", ["models"]:
                    names = [*TUNABLE, *self.models]
                    listed = [self._model(name, azure=azure) for name in dict.fromkeys(names)]
                    return {"object": "list", "data": listed}
                case "GET", ["models", name]:
                    return self._model(name, azure=azure)
                case "POST", ["fine_tuning", "jobs"]:
                    return self._create(json.loads(body), azure=azure)
                case "GET", ["fine_tuning", "jobs"]:
                    return page(self._filtered(query)[::-1], query)
                case _, ["fine_tuning", "jobs", name, *rest]:
                    return self._answer_job(method, self._job(name), rest, query)
        raise RefusedError(404, f"Invalid URL ({method} {path})")

    def _answer_job(self, method: str, job: JSON, rest: list[str], query: dict[str, str]) -> JSON:
        match method, rest:
            case "GET", []:
                return self._look_at_job(job)
            case "GET", ["events"]:
                return page(self.events[job["id"]][::-1], query)
            case "GET", ["checkpoints"]:
                return page(self.checkpoints[job["id"]][::-1], query)
            case "POST", ["cancel" | "pause" | "resume" as verb]:
                return self._steer(job, verb)
        raise RefusedError(404, "Invalid URL")

    def _answer_files(
        self, method: str, name: list[str], body: bytes, kind: str, *, azure: bool
    ) -> JSON:
        match method, name:
            case "POST", []:
                return self._upload(body, kind, azure=azure)
            case "GET", [one]:
                return self._look_at_file(one)
            case "DELETE", [one]:
                self._file(one)
                self.expire(one)
                return {"id": one, "object": "file", "deleted": True}
        raise RefusedError(404, "Invalid URL")

    # ------------------------------------------------------------------ files

    def _upload(self, body: bytes, kind: str, *, azure: bool) -> JSON:
        fields = multipart(body, kind)
        name, data = fields["file"]
        if fields["purpose"][1] != b"fine-tune":
            raise RefusedError(400, "purpose must be fine-tune", param="purpose")
        fault = upload_fault(name, data, azure=azure)
        if fault and not azure:
            raise RefusedError(400, fault, "invalid_jsonl_file", "file")
        file = {
            "id": self._new("file"),
            "object": "file",
            "bytes": len(data),
            "created_at": self._tick(),
            "filename": name,
            "purpose": "fine-tune",
            "status": "processed",
            "status_details": None,
        }
        if self.file_looks:
            file["status"] = "pending" if azure else "uploaded"
        if fault:
            file |= {"status": "error", "status_details": fault}
        self.files[file["id"]], self.contents[file["id"]] = file, data
        return file

    def _file(self, name: str, param: str = "id") -> JSON:
        if name not in self.files:
            raise RefusedError(404, f"No such File object: {name}", None, param)
        return self.files[name]

    def _look_at_file(self, name: str) -> JSON:
        file = self._file(name)
        self._looks[name] = self._looks.get(name, 0) + 1
        if file["status"] in ("uploaded", "pending") and self._looks[name] >= self.file_looks:
            file["status"] = "processed"
        return file

    # ------------------------------------------------------------------ jobs

    def _create(self, body: JSON, *, azure: bool) -> JSON:
        self.bodies.append(body)
        self._refuse(body, azure=azure)
        method = body.get("method") or {"type": "supervised", "supervised": {}}
        rows = len(rows_of(self.contents[body["training_file"]]))
        chosen = {
            "n_epochs": -1 if azure else "auto",
            "batch_size": "auto",
            "learning_rate_multiplier": "auto",
            **method.get(method["type"], {}).get("hyperparameters", {}),
        }
        inner = {**method.get(method["type"], {}), "hyperparameters": chosen}
        job = {
            "object": "fine_tuning.job",
            "id": self._new("ftjob"),
            "model": body["model"],
            "created_at": self._tick(),
            "finished_at": None,
            "estimated_finish": None,
            "fine_tuned_model": None,
            "organization_id": "org-fake",
            "result_files": [],
            "status": self.stages[0],
            "validation_file": body.get("validation_file"),
            "training_file": body["training_file"],
            "hyperparameters": chosen if method["type"] == "supervised" else {},
            "method": {"type": method["type"], method["type"]: inner},
            "trained_tokens": None,
            "error": {} if azure else None,
            "user_provided_suffix": body.get("suffix"),
            "integrations": body.get("integrations", []),
            "seed": body.get("seed", 42),
            "metadata": body.get("metadata") if self.keeps_metadata else None,
        }
        name = job["id"]
        self.jobs[name], self.events[name], self.checkpoints[name] = job, [], []
        self._looks[name] = 0
        self._event(name, f"Created fine-tuning job: {name}")
        self._event(name, f"Validating training file: {job['training_file']} ({rows} rows)")
        for _ in range(self.head_start):
            self._look_at_job(job)
        return job

    def _refuse(self, body: JSON, *, azure: bool) -> None:
        if self.closed:
            raise RefusedError(403, CLOSED_MESSAGE, "training_not_available")
        if body["model"] not in TUNABLE:
            message = f"Model {body['model']} is not available for fine-tuning or does not exist."
            raise RefusedError(400, message, "model_not_available")
        longest = 18 if azure else 64
        if len(body.get("suffix") or "") > longest:
            raise RefusedError(400, f"'{body['suffix']}' is too long - 'suffix'", None, "suffix")
        for param in ("training_file", "validation_file"):
            name = body.get(param)
            if name is None:
                continue
            if name not in self.files:
                raise RefusedError(400, f"File '{name}' does not exist", None, param)
            if azure and self.files[name]["status"] != "processed":
                message = "The specified file reference must point to a completed file import."
                raise RefusedError(400, message, "invalidPayload")

    def _job(self, name: str) -> JSON:
        if name not in self.jobs:
            message = f"Could not find fine tune: {name}"
            raise RefusedError(404, message, "fine_tune_not_found", "fine_tune_id")
        return self.jobs[name]

    def _look_at_job(self, job: JSON) -> JSON:
        """Answer with the job as it is, one stage further than at the last look."""
        if job["status"] in ENDED or job["status"] == "paused":
            return job
        self._looks[job["id"]] += 1
        stage = min(self._looks[job["id"]], len(self.stages)) - 1
        status = self.stages[stage]
        if status == "queued" and self._found_invalid(job):
            return job
        job["status"] = status
        if status != "validating_files":
            self._chosen(job)["n_epochs"] = self._shape(job)[0]
        if status == "running":
            self._train(job, stage)
        elif status == "succeeded":
            self._succeed(job)
        elif status != "validating_files":
            self._event(job["id"], f"Files validated, moving job to {status} state")
        return job

    def _found_invalid(self, job: JSON) -> bool:
        for param in ("training_file", "validation_file"):
            file = job[param]
            code, message = job_fault(self.contents.get(file or ""), job["method"]["type"], param)
            if file and code:
                job["error"] = {"code": code, "message": message, "param": param}
                self._end(job, "failed")
                self._event(job["id"], message, level="error")
                return True
        return False

    def _train(self, job: JSON, stage: int) -> None:
        """Run this stage's share of the steps; metrics for each, a checkpoint at an epoch's end."""
        epochs, _, steps = self._shape(job)
        running = [n for n, status in enumerate(self.stages) if status == "running"]
        until = ceil(steps * (running.index(stage) + 1) / len(running))
        done = sum(event["type"] == "metrics" for event in self.events[job["id"]])
        for step in range(done + 1, until + 1):
            if step == self.fail_at_step:
                message = f"The job failed due to an internal error at step {step}."
                job["error"] = {"code": "server_error", "message": message, "param": None}
                self._end(job, "failed")
                self._event(job["id"], message, level="error")
                return
            ends_epoch = step % (steps // epochs) == 0
            metrics = self._metrics(job, step, steps, full=ends_epoch)
            said = f"Step {step}/{steps}: training loss={metrics['train_loss']:.2f}"
            self._event(job["id"], said, kind="metrics", data={**metrics, "total_steps": steps})
            if ends_epoch and step > steps - 3 * (steps // epochs):
                self._checkpoint(job, step, steps, metrics)

    def _shape(self, job: JSON) -> tuple[int, int, int]:
        """Epochs, batch size and steps; "auto" is 3 epochs and single rows."""
        chosen = self._chosen(job)
        epochs = chosen["n_epochs"] if chosen["n_epochs"] not in ("auto", -1) else 3
        batch = chosen["batch_size"] if chosen["batch_size"] != "auto" else 1
        rows = len(rows_of(self.contents[job["training_file"]]))
        return epochs, batch, epochs * ceil(rows / batch)

    def _chosen(self, job: JSON) -> JSON:
        """The hyperparameters; "auto" (Azure: -1) until the files are validated."""
        return job["method"][job["method"]["type"]]["hyperparameters"]

    def _metrics(self, job: JSON, step: int, steps: int, *, full: bool) -> JSON:
        share = step / steps
        metrics = {"step": step, "train_loss": round(2 * exp(-3 * share), 6)}
        metrics["train_mean_token_accuracy"] = round(0.5 + share / 2, 6)
        if job["validation_file"] and full:
            rise = 4 * (share - 2 / 3) ** 2 if self.overfits else -share / 2
            metrics |= {
                "valid_loss": round(1.1 + rise, 6),
                "valid_mean_token_accuracy": 0.7,
                "full_valid_loss": round(1 + rise, 6),
                "full_valid_mean_token_accuracy": round(0.75 - rise / 10, 6),
            }
        return metrics

    def _checkpoint(self, job: JSON, step: int, steps: int, metrics: JSON) -> None:
        name = self._tuned_name(job) + ("" if step == steps else f":ckpt-step-{step}")
        checkpoint = {
            "object": "fine_tuning.job.checkpoint",
            "id": self._new("ftckpt"),
            "created_at": self._tick(),
            "fine_tuned_model_checkpoint": name,
            "fine_tuning_job_id": job["id"],
            "metrics": metrics,
            "step_number": step,
        }
        self.checkpoints[job["id"]].append(checkpoint)
        self._event(job["id"], f"Checkpoint created at step {step}")

    def _succeed(self, job: JSON) -> None:
        epochs, _, _ = self._shape(job)
        name = self._tuned_name(job)
        job["trained_tokens"] = epochs * len(self.contents[job["training_file"]]) // 4
        job["fine_tuned_model"] = name
        job["result_files"] = [self._new("file")]
        self.models[name] = {"owned_by": "org-fake"}
        self._event(job["id"], "New fine-tuned model created")
        self._event(job["id"], "The job has successfully completed")
        self._end(job, "succeeded")

    def _steer(self, job: JSON, verb: str) -> JSON:
        if job["status"] in ENDED:
            message = f"Job has already completed: {job['id']}"
            raise RefusedError(400, message, "invalid_request")
        if verb == "cancel":
            return self.cancel(job["id"])
        job["status"] = "paused" if verb == "pause" else "running"
        return job

    def _filtered(self, query: dict[str, str]) -> list[JSON]:
        wanted = {
            found[1]: value
            for key, value in query.items()
            if (found := re.fullmatch(r"metadata\[(.+)\]", key))
        }
        return [
            job for job in self.jobs.values() if wanted.items() <= (job["metadata"] or {}).items()
        ]

    def _end(self, job: JSON, status: str) -> None:
        job["status"], job["finished_at"] = status, self._tick()

    def _tuned_name(self, job: JSON) -> str:
        return f"ft:{job['model']}:fake:{job['user_provided_suffix'] or ''}:{job['id'][-4:]}"

    # ------------------------------------------------------------------ models, ids, time

    def _model(self, name: str, *, azure: bool) -> JSON:
        if name not in self.models and name not in TUNABLE:
            message = f"The model '{name}' does not exist"
            raise RefusedError(404, message, "model_not_found", "model")
        model = {"id": name, "object": "model", "created": STARTED, "owned_by": "system"}
        if name in TUNABLE:
            end = {"deprecation": {"inference": SHUTDOWN_SECONDS}}
            return {**model, **(end if azure else {"shutdown_date": SHUTDOWN})}
        return {**model, **self.models[name]}

    def _event(
        self,
        job: str,
        message: str,
        *,
        level: str = "info",
        kind: str = "message",
        data: Any = None,
    ) -> None:
        event = {
            "object": "fine_tuning.job.event",
            "id": self._new("ftevent"),
            "created_at": self._tick(),
            "level": level,
            "message": message,
            "type": kind,
            "data": data or {},
        }
        self.events[job].append(event)

    def _new(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}-{self._numbers:06d}"

    def _tick(self) -> int:
        self._now += 1
        return self._now

    def fault(self, call: str) -> Fault | None:
        """The fault that this call meets, if any; it is used up."""
        with self._lock:
            for fault in self.faults:
                if fault.times and re.fullmatch(fault.calls, call):
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None


def page(items: list[JSON], query: dict[str, str]) -> JSON:
    """One page of a list, newest first: `limit` (20 unless given) items after the id `after`."""
    ids = [item["id"] for item in items]
    first = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
    last = first + int(query.get("limit", 20))
    shown = items[first:last]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": last < len(items),
    }


def multipart(body: bytes, kind: str) -> dict[str, tuple[str, bytes]]:
    """The fields of multipart/form-data: file name and bytes by field name."""
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
    )
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_filename() or "",
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    }


def rows_of(data: bytes) -> list[JSON]:
    """The rows of a training file."""
    return [json.loads(line) for line in data.removeprefix(BOM).splitlines() if line.strip()]


def upload_fault(name: str, data: bytes, *, azure: bool) -> str:
    """What an upload is refused for; Azure says so in the status of the file instead."""
    if not name.endswith(".jsonl"):
        return "Invalid file format for Fine-Tuning API. Must be .jsonl"
    if azure and not data.startswith(BOM):
        return "The file must be encoded in UTF-8 with a byte-order mark (BOM)."
    for number, line in enumerate(data.removeprefix(BOM).splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            return (
                "Expected file to have JSONL format, where every line is a valid JSON dictionary. "
                f"Line {number} is not a dictionary"
            )
    return ""


def job_fault(data: bytes | None, method: str, param: str) -> tuple[str, str]:
    """(code, message) of a file that fails the validation of a job; empty where it is good."""
    what = param.replace("_", " ")
    code = f"invalid_{param}"
    if data is None:
        return code, f"The job failed because the {what} no longer exists."
    rows = rows_of(data)
    if param == "training_file" and len(rows) < 10:
        message = f"Training file has {len(rows)} example(s), but must have at least 10 examples"
        return "invalid_n_examples", message
    for number, row in enumerate(rows, 1):
        fault = row_fault(row, method)
        if fault:
            said = f"The job failed due to an invalid {what}. Invalid file format."
            return code, f"{said} Example {number} {fault}"
    return "", ""


def row_fault(row: JSON, method: str) -> str:
    """What is wrong with the shape of one row."""
    if method == "dpo":
        missing = {"input", "preferred_output", "non_preferred_output"} - row.keys()
        return f"lacks {sorted(missing)}" if missing else ""
    roles = [message.get("role") for message in row.get("messages", [])]
    if None in roles:
        return f"message {roles.index(None) + 1} Discriminator 'role' is missing in value"
    if method == "reinforcement":
        return "" if roles and roles[-1] == "user" else "must end with a user message"
    return "" if "assistant" in roles else "has no message from the assistant"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeTuning

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _handle(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = re.sub(r"^(/openai)?/v1", "", url.path)
        call = f"{self.command} {path}"
        self.fake.calls.append(call)
        fault = self.fake.fault(call)
        if fault and fault.kind == "cut":
            return self._hang_up()
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        if fault and fault.kind == "status":
            return self._send(fault.status, fault.body, fault.headers)
        try:
            self._authorize()
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            kind = self.headers.get("Content-Type", "")
            status, answer = 200, self.fake.answer(self.command, url.path, query, body, kind)
        except RefusedError as error:
            status, answer = error.status, error.body
        if fault and fault.kind == "lost":
            return self._hang_up()
        return self._send(status, answer, {})

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815 - names of http.server

    def _authorize(self) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.fake.keys.add(given)
        if not self.fake.open and KEY not in (given, self.headers.get("api-key")):
            message = f"Incorrect API key provided: {given}. You can find your API key in settings."
            raise RefusedError(401, message, "invalid_api_key")

    def _send(self, status: int, body: JSON | str, headers: dict[str, str]) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        kind = "text/html" if isinstance(body, str) else "application/json"
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    def server_bind(self) -> None:
        """As TCPServer does: HTTPServer would look its own name up, for seconds without a DNS."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]


@contextmanager
def fake_tuning() -> Iterator[FakeTuning]:
    """A fake that listens on a free port of 127.0.0.1 until the block ends."""
    fake = FakeTuning()
    handler = type("Handler", (_Handler,), {"fake": fake})
    with _Server(("127.0.0.1", 0), handler) as server:
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
