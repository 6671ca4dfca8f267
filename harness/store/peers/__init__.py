"""Logs of other evaluation tools in, samples in one shape out; only what is named is read."""
