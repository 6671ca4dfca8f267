"""Runs in, files and tracking stores of others out."""
