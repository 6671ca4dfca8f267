"""Recorded replies: a look-up in, an endpoint out."""
