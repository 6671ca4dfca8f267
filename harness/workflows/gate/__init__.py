"""The promotion gate: policy, sides, verdict, decision; and what is promoted on it."""
