"""Decisions of the promotion gate as tables, Markdown and JUnit XML. Pure."""
