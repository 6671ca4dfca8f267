"""Numbers from records: columns, intervals, summaries. Pure and deterministic."""
