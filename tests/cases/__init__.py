"""Decisions on recorded replies that nobody here wrote (marker `cases`)."""
