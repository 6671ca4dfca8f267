"""Rows of every shape that have no error, for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from harness.training.shapes import Shape

Row = dict[str, Any]

words = st.text("ab \n'é\"{1", min_size=1, max_size=8).filter(str.strip)
values = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), words, st.lists(words, max_size=2))
unknown = st.dictionaries(st.sampled_from(["label", "group", "target"]), values, max_size=2)
known = st.fixed_dictionaries({}, optional={"id": words})
tool = st.builds(lambda n: {"type": "function", "function": {"name": n}}, words)
tools = st.fixed_dictionaries(
    {}, optional={"tools": st.lists(tool, max_size=2), "parallel_tool_calls": st.booleans()}
)
call = st.builds(
    lambda i, n, v: {
        "id": i,
        "type": "function",
        "function": {"name": n, "arguments": f'{{"a": {v}}}'},
    },
    words,
    words,
    st.integers(0, 9),
)
parts = st.lists(
    st.one_of(
        words.map(lambda text: {"type": "text", "text": text}),
        words.map(lambda text: {"type": "text", "value": text}),
        words.map(lambda url: {"type": "image_url", "image_url": {"url": url}}),
    ),
    min_size=1,
    max_size=2,
)
more = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(words, st.none()),
        "weight": st.sampled_from([0, 1, None]),
        "loss_weight": st.sampled_from([0.0, 1.0]),
        "tool_call_id": words,
        "refusal": st.none(),
        "thinking": words,
    },
)


def message(*roles: str) -> st.SearchStrategy[Row]:
    """A message of one of these roles, with content or with calls of tools."""
    said = st.builds(
        lambda role, content, rest: {**rest, "role": role, "content": content},
        st.sampled_from(roles),
        st.one_of(words, parts),
        more,
    )
    called = st.builds(
        lambda calls, content: {"role": "assistant", "tool_calls": calls, **content},
        st.lists(call, min_size=1, max_size=2),
        st.fixed_dictionaries({}, optional={"content": st.none()}),
    )
    return st.one_of(said, called) if "assistant" in roles else said


asked = st.lists(message("system", "developer", "user", "assistant", "tool"), max_size=3)
question = message("user", "system")
answer = message("assistant")
_conversation = st.builds(lambda *m: [*m[0], *m[1:]], asked, question, answer)
_bare = words.map(lambda text: {"text": text})
_said = st.one_of(words, st.lists(_bare, min_size=1, max_size=2))


@st.composite
def bedrock_messages(draw: st.DrawFn) -> list[Row]:
    """User and assistant in turn."""
    pairs = draw(st.integers(1, 2))
    return [{"role": role, "content": draw(_said)} for role in ("user", "assistant") * pairs]


def _content(*roles: str) -> st.SearchStrategy[Row]:
    part = st.one_of(_bare, words.map(lambda uri: {"fileData": {"fileUri": uri}}))
    return st.builds(
        lambda role, parts: {"role": role, "parts": parts},
        st.sampled_from(roles),
        st.lists(part, min_size=1, max_size=2),
    )


def _row(*strategies: st.SearchStrategy[Row], **columns: st.SearchStrategy[Any]) -> Any:
    named = st.fixed_dictionaries(columns)
    return st.builds(
        lambda *rows: {k: v for row in rows for k, v in row.items()}, *strategies, named
    )


ROWS: dict[Shape, st.SearchStrategy[Row]] = {
    "completion": _row(unknown, known, prompt=words, completion=words),
    "question_answer": _row(unknown, known, question=words, answer=words),
    "labelled": _row(unknown, known, text=words, label=words),
    "text": _row(unknown, known, text=words),
    "instruction": _row(
        unknown,
        known,
        st.fixed_dictionaries(
            {}, optional={"input": st.one_of(st.just(""), words), "system": words}
        ),
        instruction=words,
        output=words,
    ),
    "chat": _row(unknown, known, tools, messages=_conversation),
    "reinforcement": _row(
        unknown, known, tools, messages=st.builds(lambda a, q: [*a, q], asked, question)
    ),
    "conversational": _row(
        unknown,
        known,
        tools,
        prompt=st.builds(lambda a, q: [*a, q], asked, question),
        completion=st.lists(answer, min_size=1, max_size=2),
    ),
    "preference": _row(
        unknown,
        known,
        input=_row(known, tools, messages=st.builds(lambda a, q: [*a, q], asked, question)),
        preferred_output=st.lists(answer, min_size=1, max_size=1),
        non_preferred_output=st.lists(answer, min_size=1, max_size=1),
    ),
    "trl_preference": st.one_of(
        _row(unknown, known, prompt=words, chosen=words, rejected=words),
        _row(unknown, known, tools, chosen=_conversation, rejected=_conversation),
        _row(
            unknown,
            known,
            tools,
            prompt=st.lists(question, min_size=1, max_size=2),
            chosen=st.lists(answer, min_size=1, max_size=1),
            rejected=st.lists(answer, min_size=1, max_size=1),
        ),
    ),
    "bedrock": _row(
        st.fixed_dictionaries(
            {}, optional={"system": _said, "schemaVersion": st.just("bedrock-conversation-2024")}
        ),
        messages=bedrock_messages(),
    ),
    "gemini": _row(
        unknown,
        known,
        st.fixed_dictionaries(
            {},
            optional={
                "systemInstruction": _content("system"),
                "generationConfig": st.just({"temperature": 0}),
                "tools": st.just([{"functionDeclarations": [{"name": "f"}]}]),
            },
        ),
        contents=st.builds(
            lambda turns, last: [*turns, last],
            st.lists(_content("user", "model", "function"), max_size=3),
            _content("model"),
        ),
    ),
}
