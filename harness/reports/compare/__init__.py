"""Arms on the same cases: comparisons in, tables, pages and JSON out. Pure."""
