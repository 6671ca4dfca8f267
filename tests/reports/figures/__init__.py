"""Tests of the pictures of a page."""
