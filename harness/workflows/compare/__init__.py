"""Comparing arms, runs, baselines and whole families of suites."""
