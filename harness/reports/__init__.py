"""Values in, text for people and programs out: terminal, Markdown, JSON, progress. Pure."""
