"""Logs of other tools, written by hand in their documented shapes."""
