"""Training files as workflows: read, check, convert, split, count."""
