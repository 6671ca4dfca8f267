"""Training data: rows in; findings, other shapes, splits and leaks out. Pure."""
