"""Text in, comparable text and near-duplicates out. Pure."""
