"""Secrets in the files of a suite: found at their line, and not repeated."""

from __future__ import annotations

from pathlib import Path

from harness.store.secret_checks import secret_problems

SECRET = "sk-" + "a1b2c3d4" * 4


def test_a_secret_is_found_at_its_line(tmp_path: Path):
    """In any of the files, each line once; the secret itself is not in the message."""
    suite, prompt = tmp_path / "suite.toml", tmp_path / "a.j2"
    suite.write_text(f'title = "T"\nextra = {{ key = "{SECRET}" }}\n')
    prompt.write_bytes(b"\xff\n\n" + SECRET.encode())
    problems = secret_problems([suite, prompt])
    assert [(problem.file, problem.line) for problem in problems] == [
        (str(suite), 2),
        (str(prompt), 3),
    ]
    assert "looks like a secret (sk-a1b…)" in problems[1].message
    assert SECRET not in str(problems)


def test_the_name_of_a_variable_is_no_secret(tmp_path: Path):
    """As harness.toml is meant to be written."""
    path = tmp_path / "harness.toml"
    path.write_text('[endpoints.openai]\nkind = "openai"\nkey_env = "MY_OPENAI_API_KEY"\n')
    assert secret_problems([path]) == []


def test_what_cannot_be_read_holds_none(tmp_path: Path):
    """An absent file and a folder are the problems of others."""
    assert secret_problems([tmp_path / "none", tmp_path]) == []
