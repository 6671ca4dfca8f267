"""Arms, cases and endpoints in, records out: order, concurrency, retries, budget, progress."""
