"""Logs of other tools become suites with recorded arms, and runs."""
